"""The virtual body: processes, sockets and time on one event loop whose clock jumps."""
