package io.culvert.tcp.wire;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which of the four forms of the wire a peer speaks. They do not understand each other, and which
 * one it is cannot be told from the bytes, so both ends are configured.
 */
public enum Dialect {
  /** netaio 0.0.2 to 0.0.5 with packify 0.2.3. */
  N002_P02("n002-p02", 4, HmacScheme.H2),
  /** netaio 0.0.2 to 0.0.5 with packify 0.3. */
  N002_P03("n002-p03", 4, HmacScheme.H2),
  /** netaio 0.0.6 to 0.0.8. */
  N008_P03("n008-p03", 2, HmacScheme.H2),
  /** netaio 0.0.9. */
  N009_P03("n009-p03", 2, HmacScheme.H9);

  /** What netaio of the day speaks that this module is measured by. */
  public static final Dialect DEFAULT = N002_P02;

  /** URI and content that later versions send at most; they receive more. */
  private static final int LATER_MAXIMUM = 65_422;

  private static final AuthFieldsCodec PACKIFY_2 = new Packify2();
  private static final AuthFieldsCodec PACKIFY_3 = new Packify3();

  private static final MessageTypes FIRST_TYPES =
      MessageTypes.of(
          MessageType.REQUEST_URI,
          MessageType.RESPOND_URI,
          MessageType.CREATE_URI,
          MessageType.UPDATE_URI,
          MessageType.DELETE_URI,
          MessageType.SUBSCRIBE_URI,
          MessageType.UNSUBSCRIBE_URI,
          MessageType.PUBLISH_URI,
          MessageType.NOTIFY_URI,
          MessageType.OK,
          MessageType.CONFIRM_SUBSCRIBE,
          MessageType.CONFIRM_UNSUBSCRIBE,
          MessageType.ERROR,
          MessageType.AUTH_ERROR,
          MessageType.NOT_FOUND,
          MessageType.DISCONNECT);
  private static final MessageTypes LATER_TYPES =
      FIRST_TYPES.and(MessageType.ADVERTISE_PEER).and(MessageType.PEER_DISCOVERED);
  private static final MessageTypes NEWEST_TYPES = LATER_TYPES.and(MessageType.NOT_PERMITTED);

  private final String id;
  private final int uriLengthBytes;
  private final HmacScheme hmac;

  Dialect(String id, int uriLengthBytes, HmacScheme hmac) {
    this.id = id;
    this.uriLengthBytes = uriLengthBytes;
    this.hmac = hmac;
  }

  /** The dialect with this id, or null. */
  public static @Nullable Dialect find(String id) {
    for (Dialect dialect : values()) {
      if (dialect.id.equals(id)) {
        return dialect;
      }
    }
    return null;
  }

  /** The ids, the default first. */
  public static List<String> ids() {
    return Arrays.stream(values()).map(Dialect::id).toList();
  }

  /** As it is written in a configuration. */
  public String id() {
    return id;
  }

  public AuthFieldsCodec authFields() {
    return this == N002_P02 ? PACKIFY_2 : PACKIFY_3;
  }

  public HmacScheme hmac() {
    return hmac;
  }

  /** Bytes of the body's length field. */
  public int uriLengthBytes() {
    return uriLengthBytes;
  }

  /** Bytes of URI and content together that a peer of this dialect would send at most. */
  public int maximumUriAndContentBytes() {
    return uriLengthBytes == 4 ? Header.MAXIMUM_PART_BYTES - 4 : LATER_MAXIMUM;
  }

  public MessageTypes types() {
    return switch (this) {
      case N002_P02, N002_P03 -> FIRST_TYPES;
      case N008_P03 -> LATER_TYPES;
      case N009_P03 -> NEWEST_TYPES;
    };
  }

  /**
   * Whether an error reply has the URI of its request instead of {@code ERROR}: a client of netaio
   * 0.0.9 takes it for an answer only then.
   */
  public boolean errorsCarryRequestUri() {
    return this == N009_P03;
  }

  /** Whether a reply that says that authentication failed is signed itself. */
  public boolean signsAuthErrors() {
    return uriLengthBytes == 4;
  }

  /**
   * Whether well-behaved peers sign each message anew, with the time of day, so that old and
   * repeated ones can be refused. netaio 0.0.2 signs all of a process with one nonce and one time.
   */
  public boolean signsEachMessageAnew() {
    return uriLengthBytes != 4;
  }

  /** The error reply for a text: its type follows from words in it. */
  public Message error(String text) {
    return Message.of(errorType(text), Message.ERROR_URI, text);
  }

  private MessageType errorType(String text) {
    if (text.contains("not found")) {
      return MessageType.NOT_FOUND;
    }
    if (text.contains("auth")) {
      return MessageType.AUTH_ERROR;
    }
    return this == N009_P03 && text.contains("not permitted")
        ? MessageType.NOT_PERMITTED
        : MessageType.ERROR;
  }
}
