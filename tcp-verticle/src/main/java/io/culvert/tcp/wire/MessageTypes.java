package io.culvert.tcp.wire;

import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The message types that one end understands; every other code ends the connection. Immutable. */
public final class MessageTypes {
  private final @Nullable MessageType[] byCode;

  private MessageTypes(@Nullable MessageType[] byCode) {
    this.byCode = byCode;
  }

  static MessageTypes of(MessageType... types) {
    @Nullable MessageType[] byCode = new @Nullable MessageType[256];
    for (MessageType type : types) {
      byCode[type.code()] = type;
    }
    return new MessageTypes(byCode);
  }

  /** These and one more. */
  MessageTypes and(MessageType type) {
    @Nullable MessageType[] more = Arrays.copyOf(byCode, byCode.length);
    more[type.code()] = type;
    return new MessageTypes(more);
  }

  /**
   * These and one of an application's own. The peer must know it, too.
   *
   * @throws IllegalArgumentException if the code is below 31 or taken
   */
  public MessageTypes withCustom(MessageType type) {
    if (type.code() < MessageType.FIRST_CUSTOM || byCode[type.code()] != null) {
      throw new IllegalArgumentException(
          "codes of own message types are 31 to 255 and each is used once, not " + type.code());
    }
    return and(type);
  }

  /** The type with this code, or null. */
  public @Nullable MessageType find(int code) {
    return byCode[code];
  }

  /** The type with this name in any case, also without its {@code _URI}, or null. */
  public @Nullable MessageType find(String name) {
    String wanted = name.toUpperCase(Locale.ROOT).replace('-', '_');
    for (MessageType type : byCode) {
      if (type != null && (type.name().equals(wanted) || type.name().equals(wanted + "_URI"))) {
        return type;
      }
    }
    return null;
  }
}
