"""Trees as hypothesis makes them, and files as tests read them."""

from hypothesis import strategies as st

from params.models import Tier, Type
from params.transfer.entries import Entry, FileProblem

# what UTF-8 says and a parameter may hold
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1)
LEVELS = st.from_regex(r"[a-zA-Z0-9.-][a-zA-Z0-9._-]{0,5}", fullmatch=True)
PATHS = st.lists(LEVELS, min_size=1, max_size=3).map(lambda levels: "/t/" + "/".join(levels))
ENTRIES = st.builds(
    Entry,
    name=PATHS,
    type=st.just(Type.STRING.value),
    value=TEXTS,
    tier=st.sampled_from([Tier.ADVANCED.value, None]),
    data_type=st.sampled_from(["text", "aws:ec2:image"]),
    allowed_pattern=st.just("") | TEXTS,
    description=st.just("") | TEXTS,
    policies=st.lists(TEXTS, max_size=2).map(tuple),
    tags=st.dictionaries(TEXTS, TEXTS, max_size=2),
)
TREES = st.lists(ENTRIES, max_size=4, unique_by=lambda entry: entry.path)


def without_lines(entries):
    return [(each.name, each.type, each.value, *_more(each)) for each in entries]


def _more(entry):
    return (
        *(entry.key_id, entry.tier, entry.data_type, entry.allowed_pattern, entry.description),
        *(entry.policies, dict(entry.tags)),
    )


def problem(read, *given):
    """The line and the text of what is wrong; None if nothing is."""
    try:
        list(read(*given))
    except FileProblem as found:
        return found.line, str(found)
    return None
