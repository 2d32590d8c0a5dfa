"""HTML reduced to text: tags of any case go, and whatever is no tag stays."""

from html import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.trainings.sets import TEXTS
from trainings.interchange.markup import Reduced, lines_of, reduce, to_text


def test_markup_becomes_lines_of_text():
    assert to_text(
        "<p>a<br>b &lt; c</p><ul><li>d</li></ul><script>e</script><!-- f --> g"
    ) == Reduced("a\nb < c\n- d\ng")
    assert [line.marker for line in lines_of("<ol><li>a<li>b</ol>")] == ["1.", "2."]


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<P>a<BR>b</P><UL><Li>c</Li></UL>", "a\nb\n- c"),
        ("&eacute; &#233; &#xE9; &#XE9; &amp;eacute; &amp;#233; &amp;lt;", "é é é é é é <"),
        ("&amp;amp;eacute;", "&eacute;"),
        ("&lt;p&gt;Qui &lt;b&gt;paie&lt;/b&gt; ?&lt;/p&gt;", "Qui paie ?"),
        ("Qui <em class='x' hidden>paie</em>\n<font color=red>ici</font>", "Qui paie ici"),
        ("<![if !supportLists]>a<![endif]><o:p>&nbsp;</o:p><?xml:namespace prefix = o />", "a"),
        ("10<sup>3</sup> m<sup>2</sup>, 1<sup>er</sup>, CO<sub>2</sub>", "10³ m², 1er, CO₂"),
        (f'<img src="data:image/png;base64,{"A" * 9000}">a', "a"),
        ("<![CDATA[a<b]]>", "a<b"),
        ('<a title="x > y">a</a>', "a"),
    ],
)
def test_tags_and_entities_are_read_in_all_their_forms(html, text):
    assert to_text(html).text == text


@pytest.mark.parametrize(
    "words",
    [
        "R1<S et S>0",
        "R<S>0",
        "âge <18 ans",
        "x<y",
        "a<b et b>c",
        "perte <PEA ou CTO>",
        "perte <perte-max> de",
        "le <code> et la <source>, <label>, <style>, <title>",
        "<!-- sans fin",
        "fin <p class='x",
        "taux <3 %>",
        "<a:b>",
        "</PEA>",
        "<PEA montant=3>",
        "<-> <= >= << >>",
    ],
)
@pytest.mark.parametrize(
    ("page", "shown"),
    [("{}", "{}"), ("<p>{}</p>", "{}"), ("<div><p>Un</p>{} <b>deux</b></div>", "Un\n{} deux")],
)
def test_what_is_no_tag_stays(words, page, shown):
    assert to_text(page.format(words)).text == shown.format(words)


def test_a_paragraph_is_no_letter_beside_paragraphs_that_all_end():
    assert to_text("<p>Si x<p>y, qui ?</p>").text == "Si x<p>y, qui ?"
    assert to_text("<p>Qui ?<p>Et qui paie ?").text == "Qui ?\nEt qui paie ?"


def test_the_lines_of_moodles_own_format_stay():
    assert reduce("Un\ndeux <b>trois</b>\n<p>quatre</p>", "moodle").text == "Un\ndeux trois\nquatre"
    assert reduce("R&eacute;ponse\ndeux", "").text == "Réponse\ndeux"
    assert reduce("R&eacute;ponse <b>x</b>", "plain").text == "R&eacute;ponse <b>x</b>"


def test_what_is_left_out_is_told():
    assert to_text("<svg><text>a</text></svg>b") == Reduced("b", media=True)
    assert to_text('<a href="@@PLUGINFILE@@/a.pdf">b</a>') == Reduced("b", media=True)
    formula = "<math><semantics><mi>x</mi><annotation>x</annotation></semantics></math>"
    assert to_text(formula) == Reduced("x", formula=True)


@given(TEXTS)
def test_an_escaped_text_comes_back_whole(text):
    flat = " ".join(text.replace("&", "").split())
    assert " ".join(to_text(f"<p>{escape(flat)}</p>").text.split()) == flat


@given(st.lists(st.sampled_from("abRS019 <>=≤'\".")).map("".join))
def test_no_sign_of_a_comparison_is_lost(words):
    flat = " ".join(words.split())
    assert to_text(flat).text == flat
