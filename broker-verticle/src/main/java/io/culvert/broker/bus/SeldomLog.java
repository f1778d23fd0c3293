package io.culvert.broker.bus;

import io.culvert.runtime.log.Printable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Warns of what may happen with each message, once a minute. Single-threaded. */
final class SeldomLog {
  private static final Logger LOG = LoggerFactory.getLogger("culvert.mqtt.server");
  private static final long PAUSE_MILLIS = 60_000;

  private long nextMillis = Long.MIN_VALUE;
  private long unsaid;

  /** Says it without what could break a line of the log. */
  void warn(long nowMillis, String text) {
    if (nowMillis < nextMillis) {
      unsaid++;
      return;
    }
    String line = Printable.text(text);
    if (unsaid == 0) {
      LOG.warn(line);
    } else {
      LOG.warn("{} ({} times since it was last said)", line, unsaid + 1);
    }
    nextMillis = nowMillis + PAUSE_MILLIS;
    unsaid = 0;
  }
}
