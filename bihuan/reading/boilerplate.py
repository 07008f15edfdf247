"""Lines of a document that the web site or the printer put there, not its author.

Seen on the pages of government and Party sites: bread crumbs, source and date of publication,
click counts, sharing links, reprint notices, editors, page numbers. A pattern has to fit the
whole line, so that a sentence of the document is never lost.
"""

from __future__ import annotations

import re

_COLON = ":"
_DATE = r"\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}日?"
_MENU = (
    r"(?:门户网站|网站首页|首页|无障碍(?:阅读|浏览)?|长者(?:模式|专区)|关怀版|政务公开|政务服务|互动交流"
    r"|专题专栏|新闻(?:中心|动态)|走进[^。,;:]{1,4}|机构(?:职能|设置)|信息公开|登录|注册|繁体版?|手机版|English)"
)

_WHOLE = [
    rf"(?:投稿|联系)?(?:邮箱|电子邮箱|e-?mail){_COLON}.*",
    rf"(?:站内)?(?:搜索|检索){_COLON}.*",
    r"您好[,!]?\s*欢迎.*",
    rf"(?:您)?(?:的)?(?:当前|现在)?(?:所在)?位置{_COLON}.*",
    r"[^。,;]{1,20}(?:>{1,2}|»|›)[^。]{0,80}",
    rf"(?:信息|文章|稿件)?来源{_COLON}.{{0,80}}",
    rf"(?:作者|编辑|责编|责任编辑|编审|审核|校对|送签|签发|发布人|发布者|录入){_COLON}.{{0,80}}",
    rf"[(]?(?:责任)?编辑{_COLON}.{{0,60}}[)]?",
    rf"[(]?(?:责编|审核|初审|复审|终审|监制){_COLON}.{{0,60}}[)]?",
    rf"(?:发布|发表|更新|添加|创建|成文)(?:时间|日期|于){_COLON}?\s*\d.{{0,80}}",
    rf"(?:点击|浏览|阅读|访问|下载)(?:率|量|数|次数|人数){_COLON}?\s*\d*次?.{{0,20}}",
    rf"(?:点击|浏览|阅读){_COLON}\s*\d+次?",
    rf"(?:字体|字号|文字缩放|视力保护色){_COLON}?.{{0,30}}",
    r"[\[(]?(?:大|中|小|打印(?:本页)?|关闭(?:窗口)?|收藏|分享|返回(?:顶部|首页)?|[\]\[()|])+",
    r"(?:分享到|扫一扫|手机扫|微信扫).{0,40}",
    rf"(?:上一篇|下一篇|上一页|下一页|相关(?:阅读|文章|链接)|推荐阅读){_COLON}?.{{0,80}}",
    rf"(?:本文|文章|文档)(?:标题|地址|链接|来源|编号){_COLON}.{{0,200}}",
    rf"(?:链接|原文)(?:地址|链接)?{_COLON}.{{0,200}}",
    r"(?:如若|如需|若需|未经|转载).{0,12}(?:转载|授权|注明).{0,120}",
    r"(?:https?://|www\.)\S+",
    r".{0,40}(?:版权所有|ICP备|公安备|网站地图|主办单位:.{0,40}承办).{0,120}",
    r"(?:网站)?首页(?:[|>/].*)?",
    rf"主办(?:单位)?{_COLON}.{{2,60}}承办(?:单位)?{_COLON}.{{2,60}}",
    rf"相关(?:附件|文件|链接){_COLON}?",
    r"—+\s*\d{1,4}\s*—+",
    r"第\s*\d{1,4}\s*页(?:[,/]?\s*共\s*\d{1,4}\s*页)?",
    r"(?:索引号|信息分类|公开方式|主题分类|主题词|发布机构|有效性):.{0,120}",
    rf"{_DATE}\s*\d{{1,2}}[:\u2236]\d{{2}}.{{0,40}}",
    r"\[?(?:字体|打印本页|关闭窗口|我要纠错).{0,40}",
]
_LINE = re.compile("|".join(f"(?:{pattern})" for pattern in _WHOLE), re.IGNORECASE)
_LONGEST = 300


def is_boilerplate(line: str) -> bool:
    """Whether this whole line, in folded form, is the site's and not the document's."""
    return len(line) <= _LONGEST and (_LINE.fullmatch(line) is not None or _is_menu(line))


def _is_menu(line: str) -> bool:
    """Whether most of the line are entries of a site's menu, run together."""
    entries = re.findall(_MENU, line)
    return len(entries) >= 2 and len("".join(entries)) * 2 > len(line)
