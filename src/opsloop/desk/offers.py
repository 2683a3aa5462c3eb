"""What else a quick line may mean: 会议 明天下午3点 周会 30分钟 @小张 is a meeting to call."""

from __future__ import annotations

import re
from urllib.parse import urlencode

from opsloop.web.templatetags.quick import address
from opsloop.work.capture import Reading

_MEETING = re.compile(r"^(会议|會議|开会|開會|meeting)(?=[\s:：])[\s:：]*", re.IGNORECASE)


def meeting_url(line: str, reading: Reading) -> str:
    """Return where a line that begins with 会议 calls a meeting, with all that was understood; "" for other lines."""
    if not _MEETING.match(line.strip()):
        return ""
    parsed = reading.parsed
    people = [one for one in (reading.owner, *reading.collaborators) if one is not None]
    begins = parsed.start or parsed.due
    values = {
        "title": _MEETING.sub("", reading.title, count=1).strip(),
        "at": begins.isoformat() if begins else "",
        "minutes": str(parsed.estimate_minutes or ""),
        "with": ",".join(str(one.pk) for one in people),
    }
    return f"{address('meetings:new')}?{urlencode({name: value for name, value in values.items() if value})}"
