"""Start a command in a network namespace that has only the loopback interface.

Usage: `unshare -rn python -m tests.support.no_network COMMAND …`.
"""

import fcntl
import os
import socket
import struct
import sys

_GET_FLAGS, _SET_FLAGS, _UP = 0x8913, 0x8914, 1


def main() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        flags = struct.unpack("16sh", fcntl.ioctl(any_socket, _GET_FLAGS, struct.pack("16sh", b"lo", 0)))[1]
        fcntl.ioctl(any_socket, _SET_FLAGS, struct.pack("16sh", b"lo", flags | _UP))
    os.execv(sys.argv[1], sys.argv[1:])  # noqa: S606 - what the test asks for


if __name__ == "__main__":
    main()
