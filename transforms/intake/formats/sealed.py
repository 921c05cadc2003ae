"""Decrypt workbooks with the passwords of the settings. No password is ever written or logged."""

import io
import re
from collections.abc import Sequence

import msoffcrypto
from msoffcrypto.exceptions import DecryptionError, InvalidKeyError

from transforms.intake.cells import EncryptedFileError, UnreadableFileError
from transforms.intake.formats import limits

# Excel's own password for workbooks that are protected but open without a question.
_SILENT = "VelvetSweatshop"
_SPINS = re.compile(rb'spinCount="(\d{1,20})"')


def unseal(content: bytes, passwords: Sequence[str]) -> bytes:
    """Decrypt a workbook.

    Args:
        content: an encrypted .xls, or the compound file around an encrypted .xlsx or .xlsb.
        passwords: tried in this order.

    Raises:
        EncryptedFileError: if none of them fits.
        UnreadableFileError: if the encryption itself is damaged or of an unknown kind.
    """
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        raise UnreadableFileError("加密信息中有文档类型声明（DTD）或实体定义，可能是恶意文件")
    if any(int(spins) > limits.SPINS for spins in _SPINS.findall(content)):
        raise UnreadableFileError("加密参数异常（密钥迭代次数过大），可能是恶意文件")
    try:
        for password in (_SILENT, *passwords):
            if (opened := _opened(content, password)) is not None:
                return opened
    except MemoryError:
        raise
    except Exception as error:  # its parsers raise whatever a damaged header makes them
        raise EncryptedFileError("工作簿已加密，且加密信息无法识别") from error
    tried = "，已配置的密码均不正确" if passwords else ""
    raise EncryptedFileError(f"工作簿设有打开密码{tried}")


def _opened(content: bytes, password: str) -> bytes | None:
    file = msoffcrypto.OfficeFile(io.BytesIO(content))
    buffer = io.BytesIO()
    try:
        file.load_key(password=password)
        file.decrypt(buffer)
    except (InvalidKeyError, DecryptionError):
        return None
    return buffer.getvalue()
