"""The sentences a person reads when a file is refused, or read with reservations.

Each says what is wrong and what to do now. Every message may use `%(name)s`.
"""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

REFUSALS = {
    "too_large": _("“%(name)s”超过 %(limit)s MB。请删去其中的图片，或拆成几个文件再上传。"),
    "empty": _("“%(name)s”里没有文字。请检查是否选错了文件，或者文件还没有保存。"),
    "too_long": _("“%(name)s”超过 %(limit)s 万字。请只上传需要的部分。"),
    "too_many_pages": _("“%(name)s”超过 %(limit)s 页。请只上传需要的页。"),
    "spreadsheet": _("“%(name)s”是电子表格，这里只读文字材料。请把内容另存为 .docx 再上传。"),
    "presentation": _("“%(name)s”是演示文稿，这里只读文字材料。请把文字另存为 .docx 再上传。"),
    "image": _("“%(name)s”是图片，读不出文字。请上传原来的 .docx 文件，或把文字直接粘贴进来。"),
    "archive": _("“%(name)s”是压缩包。请先解压，再上传其中的文件。"),
    "rtf": _("“%(name)s”是 RTF 或 XML 格式。请用 Word 或 WPS 打开，另存为 .docx 再上传。"),
    "odt": _("“%(name)s”是 OpenDocument 格式。请另存为 .docx 再上传。"),
    "ofd": _("“%(name)s”是 OFD 版式文件，暂时读不了。请上传定稿前的 .docx，或转换为 PDF 再上传。"),
    "mht": _("“%(name)s”是单文件网页（MHT）。请打开后另存为 .docx，或把文字直接粘贴进来。"),
    "binary": _(
        "认不出“%(name)s”是什么文件。"
        "能读的有：.docx、.doc、带文字的 PDF、网页（.html）和文本（.txt）。"
    ),
    "password": _("“%(name)s”设有打开密码。请在 Word、WPS 或 PDF 软件里去掉密码，保存后再上传。"),
    "scanned": _(
        "“%(name)s”是扫描件，只有图片，没有文字。请上传原来的 .docx，或先做文字识别（OCR）再上传。"
    ),
    "garbled": _(
        "“%(name)s”的文字取出来是乱码（字体没有对照表）。请上传原来的 .docx，或把文字直接粘贴进来。"
    ),
    "macro": _("“%(name)s”含宏，不能收。请另存为不含宏的 .docx 再上传。"),
    "external": _(
        "“%(name)s”含外部链接（远程模板、DDE 或链接的文件），不能收。"
        "请断开链接，另存为 .docx 再上传。"
    ),
    "embedded": _("“%(name)s”里嵌有别的文件（OLE 对象）。请删去嵌入的对象，保存后再上传。"),
    "nested": _("“%(name)s”里还套着压缩包或嵌入的表格。请删去嵌入的对象，保存后再上传。"),
    "bomb_entries": _("“%(name)s”内部的文件超过 %(limit)s 个，不像正常的文档，不能收。"),
    "bomb_size": _("“%(name)s”解开后超过 %(limit)s MB，不像正常的文档，不能收。"),
    "bomb_ratio": _("“%(name)s”压缩比超过 %(limit)s 倍，不像正常的文档，不能收。"),
    "odd_names": _(
        "“%(name)s”内部有不正常的文件名，不能收。请用 Word 或 WPS 打开，另存一份再上传。"
    ),
    "overlapping": _("“%(name)s”内部的数据互相重叠，不像正常的文档，不能收。"),
    "dtd": _("“%(name)s”里有 XML 实体定义，不能收。请用 Word 或 WPS 打开，另存一份再上传。"),
    "damaged": _("“%(name)s”已损坏，读不出来。请用原来的软件打开，另存一份再上传。"),
    "half_character": _(
        "“%(name)s”第 %(line)s 行（第 %(byte)s 个字节）不是完整的汉字，文件可能被截断。"
        "请用记事本打开检查，另存为 UTF-8 再上传。"
    ),
    "mixed_encoding": _(
        "“%(name)s”第 %(line)s 行（第 %(byte)s 个字节）混有另一种编码。"
        "请用记事本打开，改好这一处，另存为 UTF-8 再上传。"
    ),
    "no_antiword": _(
        "这台服务器还不能读旧版 .doc 文件。请用 Word 或 WPS 把“%(name)s”另存为 .docx 再上传；"
        "或请管理员安装 antiword（Debian：apt install antiword）。"
    ),
    "too_costly": _("读“%(name)s”用的时间或内存过多，已停止。请另存一份，或拆成几个文件再上传。"),
    "died": _("“%(name)s”读不出来。请用 Word 或 WPS 打开，另存为 .docx 再上传。"),
    "heavy": _("“%(name)s”超过 %(limit)s MB。照片请压缩后再上传，文档请删去其中的大图或分成几个。"),
    "empty_file": _("“%(name)s”是空文件。请检查是否选错了文件，或者文件还没有保存。"),
    "heic": _(
        "“%(name)s”是 HEIC 或 AVIF 格式的照片，很多电脑打不开。"
        "请在手机相册里导出为 JPG，或用截图代替；"
        "苹果手机也可以在“设置—相机—格式”里改为“兼容性最佳”后重拍。"
    ),
    "film": _("“%(name)s”是视频或录音，这里不收。请只上传照片或文档。"),
    "odd_picture": _("“%(name)s”这种图片格式不收。请另存为 JPG 或 PNG 再上传。"),
    "too_many_pixels": _("“%(name)s”超过 %(limit)s 万像素，不像正常的照片。请缩小后再上传。"),
    "old_sheet": _("“%(name)s”是旧版或二进制的电子表格。请用 Excel 或 WPS 另存为 .xlsx 再上传。"),
    "slides": _("“%(name)s”是演示文稿，这里不收。请导出为 PDF 再上传。"),
    "ofd_kept": _("“%(name)s”是 OFD 版式文件，这里不收。请转换为 PDF 再上传。"),
    "page": _("“%(name)s”是网页，这里不收。请打开后打印成 PDF 再上传。"),
    "odd_document": _("“%(name)s”这种文档格式不收。请用 Word 或 WPS 另存为 .docx，或导出为 PDF。"),
    "macro_kept": _("“%(name)s”含宏，不能收。请另存为不含宏的 .docx 或 .xlsx 再上传。"),
    "external_kept": _(
        "“%(name)s”含外部链接（远程模板、DDE 或链接的文件），不能收。请断开链接，保存后再上传。"
    ),
    "not_kept": _(
        "认不出“%(name)s”是什么文件，不能收。"
        "能收的有：照片（JPG、PNG、WebP）、PDF、Word（.docx、.doc）、WPS、Excel（.xlsx）和文本。"
    ),
    "died_kept": _("“%(name)s”打不开，可能已损坏。请用原来的软件打开，另存一份再上传。"),
}

# Where a file is to be kept, not read, other sentences fit.
WHEN_KEPT = {
    "too_large": "heavy",
    "empty": "empty_file",
    "image": "odd_picture",
    "spreadsheet": "old_sheet",
    "presentation": "slides",
    "ofd": "ofd_kept",
    "mht": "page",
    "rtf": "odd_document",
    "odt": "odd_document",
    "binary": "not_kept",
    "macro": "macro_kept",
    "external": "external_kept",
    "died": "died_kept",
    "damaged": "died_kept",
}

NOTICES = {
    "extension": _("文件名与内容不符：按内容当作 %(kind)s 读取。"),
    "controls": _("去掉了 %(count)s 个控制字符。"),
    "invisible": _("文字里有 %(count)s 个看不见的字符（零宽或改变书写方向），请核对。"),
    "private": _("有 %(count)s 个字在自造字区，别的电脑可能显示不出，请核对。"),
    "merged": _("表格里有合并单元格：内容只放在第一格。"),
    "hidden": _("文件里有隐藏文字，已一并读出，请核对。"),
    "revisions": _("文件里有没有接受的修订：按接受修订后的文字读取。"),
    "comments": _("文件里有批注，没有读入。"),
    "notes": _("文件里有脚注或尾注，没有读入。"),
    "linked_images": _("文件里有链接的图片，没有打开。"),
    "links": _("文件引用了外部地址，没有打开。"),
    "active": _("PDF 里有脚本、启动动作或附件，没有执行，也没有读入。"),
    "pages_without_text": _("第 %(pages)s 页没有文字（可能是扫描件），这些页没有读入。"),
    "main_part": _("网页只取了正文，导航、页眉、页脚等没有读入，请核对。"),
    "renamed": _("“%(name)s”的扩展名与内容不符，已改名为“%(new)s”。"),
    "active_kept": _("PDF 里有脚本、启动动作或附件。打开时请当心。"),
    "office": _("用 LibreOffice 读取，自动编号等可能与原文略有出入，请核对。"),
}


def sentence(table: Mapping[str, str], code: str, values: Mapping[str, str | int]) -> str:
    """The message `code` of `table` in the reader's language, its placeholders filled."""
    return gettext(table[code]) % values
