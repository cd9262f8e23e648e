"""Where Lighter's public data is found, and how patiently it is read."""

from __future__ import annotations

from autonome.domain.value import value

__all__ = ["LighterSettings"]


@value
class LighterSettings:
    """Addresses and limits; the defaults are the main network's, for a Standard account."""

    rest_url: str = "https://mainnet.zklighter.elliot.ai"
    stream_url: str = "wss://mainnet.zklighter.elliot.ai/stream?readonly=true"
    """The parameter asks for data only: nothing can be sent there that trades."""
    calls_per_minute: int = 60
    """Requests of one address in a rolling minute."""
    weight_per_minute: int = 24_000
    """What they may weigh together."""
    messages_per_minute: int = 200
    """What may be sent into the stream in a rolling minute."""
    most_attempts: int = 5
    """How often one request is sent before the venue counts as out of reach."""
    first_delay_ms: int = 1_000
    """Before the second attempt, and before connecting again; doubled after each failure."""
    most_delay_ms: int = 60_000
    answer_timeout_ms: int = 15_000
    """For one request, and for connecting to the stream."""
    start_timeout_ms: int = 60_000
    """Until the first mark of every symbol is there."""
    ping_ms: int = 30_000
    """How often we say something in the stream; after two silent minutes it would be closed."""
    most_silence_ms: int = 75_000
    """A stream that says nothing for so long, our pings unanswered, is dead."""
    renewal_ms: int = 15_000
    """The least time between two subscriptions to the same channel."""
    most_channel_silence_ms: int = 45_000
    """A channel that says nothing for so long is subscribed to again."""
    most_mark_age_ms: int = 30_000
    """An older mark is not served."""
    most_book_age_ms: int = 60_000
    """An older book is not served; a quiet one is renewed before."""
    grace_ms: int = 5_000
    """After the end of a minute, until what the stream did not tell is asked for by REST."""
    listing_ms: int = 300_000
    """How often the market list is read again, for markets that open or close."""
