// Runs before the first paint, so that a chosen theme does not flash: see preferences.js.
(() => {
  try {
    for (const name of ["theme", "projector"]) {
      const value = localStorage.getItem(`faultline.${name}`);
      if (value) document.documentElement.dataset[name] = value;
    }
  } catch {
    // Without storage the system's theme is right.
  }
})();
