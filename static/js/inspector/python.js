/**
 * Python source, cut into coloured pieces: just enough for reading a pattern's own file.
 *
 * @typedef {"keyword"|"string"|"comment"|"number"|"name"|"decorator"|"builtin"|"plain"} PieceKind
 * @typedef {{kind: PieceKind, text: string}} Piece
 */

const KEYWORDS = new Set(
  (
    "and as assert async await break case class continue def del elif else except finally for " +
    "from global if import in is lambda match nonlocal not or pass raise return try while " +
    "with yield True False None"
  ).split(" "),
);

const BUILTINS = new Set(
  (
    "self cls int float str bool bytes dict list tuple set frozenset object len min max sum abs " +
    "round range enumerate zip sorted reversed any all isinstance super property staticmethod " +
    "classmethod ValueError TypeError KeyError AssertionError OverflowError"
  ).split(" "),
);

/** One piece at a time; groups: comment, string, decorator, number, word, anything else. */
const PIECE = new RegExp(
  [
    "(#[^\\n]*)",
    "((?:[rRbBuUfF]{1,2})?(?:\"\"\"[\\s\\S]*?(?:\"\"\"|$)|'''[\\s\\S]*?(?:'''|$)" +
      "|\"(?:\\\\.|[^\"\\\\\\n])*\"?|'(?:\\\\.|[^'\\\\\\n])*'?))",
    "(@[A-Za-z_][\\w.]*)",
    "((?:0[xXoObB][\\da-fA-F_]+|\\d[\\d_]*(?:\\.[\\d_]*)?(?:[eE][+-]?\\d+)?))",
    "([A-Za-z_]\\w*)",
    "(\\s+|[^\\s\\w])",
  ].join("|"),
  "gy",
);

/**
 * @param {string} word
 * @param {string} before the last word before it, to know a definition's name
 * @returns {PieceKind}
 */
function wordKind(word, before) {
  if (before === "def" || before === "class") return "name";
  if (KEYWORDS.has(word)) return "keyword";
  return BUILTINS.has(word) ? "builtin" : "plain";
}

/**
 * @param {RegExpMatchArray} found
 * @param {string} before
 * @returns {PieceKind}
 */
function pieceKind(found, before) {
  if (found[1]) return "comment";
  if (found[2]) return "string";
  if (found[3]) return "decorator";
  if (found[4]) return "number";
  return found[5] ? wordKind(found[5], before) : "plain";
}

/**
 * The source as lines of pieces. A string over several lines is cut at the line ends, and
 * neighbours of one kind are joined, so that a line has few elements.
 *
 * @param {string} source
 * @returns {Piece[][]}
 */
export function pythonLines(source) {
  /** @type {Piece[][]} */
  const lines = [[]];
  let before = "";
  const text = source.replace(/\n$/, "");
  for (const found of text.matchAll(PIECE)) {
    const kind = pieceKind(found, before);
    if (found[5]) before = found[5];
    addPiece(lines, kind, found[0]);
  }
  return lines;
}

/**
 * @param {Piece[][]} lines
 * @param {PieceKind} kind
 * @param {string} text
 */
function addPiece(lines, kind, text) {
  text.split("\n").forEach((part, index) => {
    if (index > 0) lines.push([]);
    const line = lines[lines.length - 1];
    const last = line[line.length - 1];
    if (last && last.kind === kind) last.text += part;
    else if (part) line.push({ kind, text: part });
  });
}
