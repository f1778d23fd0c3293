package io.culvert.tcp;

import io.culvert.tcp.wire.AuthPlugin;
import io.culvert.tcp.wire.MessageType;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Who handles which messages of a server or client. May be changed at any time and from any thread;
 * a message that is being handled is not affected.
 */
public final class Handlers {
  private final Map<Object, Entry> entries = new ConcurrentHashMap<>();
  private volatile @Nullable MessageHandler otherwise;

  /** Handles nothing yet. */
  public Handlers() {}

  /** For all messages of a type that have no handler for their URI. */
  public Handlers on(MessageType type, MessageHandler handler) {
    return on(HandlerKey.of(type), handler, null);
  }

  /** For the messages of a type with one URI. */
  public Handlers on(MessageType type, String uri, MessageHandler handler) {
    return on(HandlerKey.of(type, uri), handler, null);
  }

  /**
   * For any key that the {@link KeyExtractor} finds; takes the place of an earlier handler.
   *
   * @param auth checks what comes for this handler and signs its answers, beside the server's own;
   *     or null
   */
  public Handlers on(Object key, MessageHandler handler, @Nullable AuthPlugin auth) {
    entries.put(key, new Entry(handler, auth, false));
    return this;
  }

  /** As {@link #on}, for one message only. */
  public Handlers once(Object key, MessageHandler handler, @Nullable AuthPlugin auth) {
    entries.put(key, new Entry(handler, auth, true));
    return this;
  }

  public Handlers remove(Object key) {
    entries.remove(key);
    return this;
  }

  /** For messages that no other handler is there for; a server answers NOT_FOUND without it. */
  public Handlers otherwise(MessageHandler handler) {
    otherwise = handler;
    return this;
  }

  @Nullable MessageHandler otherwise() {
    return otherwise;
  }

  /** The first of these keys that has a handler, or null. */
  @Nullable Found find(List<?> keys) {
    for (Object key : keys) {
      Entry entry = entries.get(key);
      if (entry != null) {
        return new Found(key, entry);
      }
    }
    return null;
  }

  /** Whether the handler is still to be called; one that fires once is gone now. */
  boolean claim(Found found) {
    return !found.entry().once() || entries.remove(found.key(), found.entry());
  }

  record Entry(MessageHandler handler, @Nullable AuthPlugin auth, boolean once) {}

  record Found(Object key, Entry entry) {}
}
