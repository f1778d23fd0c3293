package io.culvert.tcp.wire;

/**
 * What a message is for: one byte of the header. Equal when code and name are.
 *
 * @param code 0 to 255
 * @param name for people
 */
public record MessageType(int code, String name) {
  public static final MessageType REQUEST_URI = new MessageType(0, "REQUEST_URI");
  public static final MessageType RESPOND_URI = new MessageType(1, "RESPOND_URI");
  public static final MessageType CREATE_URI = new MessageType(2, "CREATE_URI");
  public static final MessageType UPDATE_URI = new MessageType(3, "UPDATE_URI");
  public static final MessageType DELETE_URI = new MessageType(4, "DELETE_URI");
  public static final MessageType SUBSCRIBE_URI = new MessageType(5, "SUBSCRIBE_URI");
  public static final MessageType UNSUBSCRIBE_URI = new MessageType(6, "UNSUBSCRIBE_URI");
  public static final MessageType PUBLISH_URI = new MessageType(7, "PUBLISH_URI");
  public static final MessageType NOTIFY_URI = new MessageType(8, "NOTIFY_URI");
  public static final MessageType ADVERTISE_PEER = new MessageType(9, "ADVERTISE_PEER");
  public static final MessageType OK = new MessageType(10, "OK");
  public static final MessageType CONFIRM_SUBSCRIBE = new MessageType(11, "CONFIRM_SUBSCRIBE");
  public static final MessageType CONFIRM_UNSUBSCRIBE = new MessageType(12, "CONFIRM_UNSUBSCRIBE");
  public static final MessageType PEER_DISCOVERED = new MessageType(13, "PEER_DISCOVERED");
  public static final MessageType ERROR = new MessageType(20, "ERROR");
  public static final MessageType AUTH_ERROR = new MessageType(23, "AUTH_ERROR");
  public static final MessageType NOT_FOUND = new MessageType(24, "NOT_FOUND");
  public static final MessageType NOT_PERMITTED = new MessageType(25, "NOT_PERMITTED");
  public static final MessageType DISCONNECT = new MessageType(30, "DISCONNECT");

  /** Codes from here on are free for applications, where the dialect allows it. */
  public static final int FIRST_CUSTOM = 31;

  public MessageType {
    if (code < 0 || code > 255) {
      throw new IllegalArgumentException("a message type is one byte, not " + code);
    }
  }

  /** Whether it says that something has gone wrong. */
  public boolean isError() {
    return code == ERROR.code
        || code == AUTH_ERROR.code
        || code == NOT_FOUND.code
        || code == NOT_PERMITTED.code;
  }

  @Override
  public String toString() {
    return name;
  }
}
