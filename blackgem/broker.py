"""The broker as somebody met it who should not have: what it holds that cannot be read is dropped, and work goes on.

Messages carry nothing but the name of a task. Whoever can write to the broker may wake workers, and no more.
"""

import logging
from contextlib import contextmanager
from queue import Empty

from kombu.transport import redis
from kombu.utils.uuid import uuid

logger = logging.getLogger("blackgem.broker")

#: Counts what was dropped, in the broker itself.
DROPPED_KEY = "blackgem:dropped-messages"


class QoS(redis.QoS):
    """What was handed to a worker and not acknowledged goes back to its queue; what cannot be read goes for good."""

    def restore_by_tag(self, tag, client=None, leftmost=False):
        try:
            super().restore_by_tag(tag, client, leftmost)
        except self.channel.connection_errors:
            raise
        except Exception as error:
            with self.channel.conn_or_acquire(client) as held:
                held.hdel(self.unacked_key, tag)
                held.zrem(self.unacked_index_key, tag)
                note_dropped(held, error)


class Channel(redis.Channel):
    """Takes a message that nobody can read off its queue, where the transport would end its worker with it."""

    QoS = QoS

    def _brpop_read(self, **options):
        with self._dropping():
            return super()._brpop_read(**options)

    def _get(self, queue):
        with self._dropping():
            return super()._get(queue)

    @contextmanager
    def _dropping(self):
        """Nothing arrived, where what arrived was no JSON, no object, nested without end, or lacked a part."""
        before = set(self.qos._delivered)
        try:
            yield
        except (Empty, *self.connection_errors):
            raise
        except Exception as error:
            for tag in set(self.qos._delivered) - before:
                self.basic_reject(tag)  # else it would take up the worker's place for a message, for ever
            with self.conn_or_acquire() as client:
                note_dropped(client, error)
            raise Empty from error


class Transport(redis.Transport):
    Channel = Channel

    def _deliver(self, message, queue):
        """Each message is told from others by a tag of our own: two with one tag would be acknowledged as one."""
        message["properties"]["delivery_tag"] = uuid()
        super()._deliver(message, queue)


def note_dropped(client, error: Exception) -> None:
    """Count a message that was dropped, and say what was wrong with it, but nothing of what was in it."""
    told = {"kind": type(error).__name__, "dropped": client.incr(DROPPED_KEY)}
    logger.error("A message that cannot be read was dropped", extra=told)
