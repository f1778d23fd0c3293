package io.culvert.rpc.protocol;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Where a request or its answer is published: {@code
 * namespace/subsystem/request|response/tag/request-id}. The tag is that of the responder in both.
 *
 * @param requestId the last level, as it is
 */
public record RpcTopic(
    String namespace, String subsystem, Type type, String tag, String requestId) {
  /** The namespace of gf_mqtt_client. */
  public static final String DEFAULT_NAMESPACE = "gf_int_v1";

  /** Characters of one level; more than anybody needs. */
  public static final int MAXIMUM_LEVEL_LENGTH = 128;

  private static final int LEVELS = 5;

  /** What a message is, by the third level. */
  public enum Type {
    REQUEST,
    RESPONSE,
    /** Reserved by the reference, as is the next. */
    EVENT,
    SYSTEM;

    private static final Type[] ALL = values();

    private final String level = name().toLowerCase(Locale.ROOT);

    /** As in the topic. */
    public String level() {
      return level;
    }

    static @Nullable Type find(String level) {
      for (Type type : ALL) {
        if (type.level.equals(level)) {
          return type;
        }
      }
      return null;
    }
  }

  public RpcTopic {
    checkLevel("namespace", namespace);
    checkLevel("subsystem", subsystem);
    checkLevel("tag", tag);
    if (!isIdLevel(requestId)) {
      throw new IllegalArgumentException("not a request id for a topic: '" + requestId + "'");
    }
  }

  public static RpcTopic request(
      String namespace, String subsystem, String tag, RequestId requestId) {
    return new RpcTopic(namespace, subsystem, Type.REQUEST, tag, requestId.text());
  }

  /** The parts of a topic, or null when it is not of this kind. */
  public static @Nullable RpcTopic find(String topic) {
    String[] levels = topic.split("/", LEVELS + 1);
    if (levels.length != LEVELS
        || !isLevel(levels[0])
        || !isLevel(levels[1])
        || !isLevel(levels[3])
        || !isIdLevel(levels[4])) {
      return null;
    }
    Type type = Type.find(levels[2]);
    return type == null ? null : new RpcTopic(levels[0], levels[1], type, levels[3], levels[4]);
  }

  /** What a responder subscribes to: requests for its tag, of all subsystems. */
  public static String requestFilter(String namespace, String tag) {
    checkLevel("namespace", namespace);
    checkLevel("tag", tag);
    return namespace + "/+/" + Type.REQUEST.level() + "/" + tag + "/+";
  }

  /** What a requester may subscribe to once: all answers of one responder. */
  public static String responseFilter(String namespace, String tag) {
    checkLevel("namespace", namespace);
    checkLevel("tag", tag);
    return namespace + "/+/" + Type.RESPONSE.level() + "/" + tag + "/+";
  }

  /** Whether this may be a tag, subsystem or namespace. */
  public static boolean isLevel(String level) {
    if (level.isEmpty() || level.length() > MAXIMUM_LEVEL_LENGTH || level.charAt(0) == '$') {
      return false;
    }
    for (int i = 0; i < level.length(); i++) {
      if (!isLevelCharacter(level.charAt(i))) {
        return false;
      }
    }
    return true;
  }

  /** Where the answer to a request goes that came here. */
  public RpcTopic response() {
    return new RpcTopic(namespace, subsystem, Type.RESPONSE, tag, requestId);
  }

  public RpcTopic withNamespace(String value) {
    return new RpcTopic(value, subsystem, type, tag, requestId);
  }

  public RpcTopic withTag(String value) {
    return new RpcTopic(namespace, subsystem, type, value, requestId);
  }

  /** As MQTT has it. */
  public String text() {
    return String.join("/", namespace, subsystem, type.level(), tag, requestId);
  }

  @Override
  public String toString() {
    return text();
  }

  /** A request id may have white space around it, even what controls a terminal. */
  private static boolean isIdLevel(String level) {
    return isLevel(level) || RequestId.isValid(level);
  }

  private static boolean isLevelCharacter(int c) {
    return c != '/' && c != '+' && c != '#' && !Character.isISOControl(c);
  }

  private static void checkLevel(String name, String level) {
    if (!isLevel(level)) {
      throw new IllegalArgumentException(
          "not a %s for a topic: '%s'; it has 1 to %d characters, none of / + # or a control, and no $ in front"
              .formatted(name, level, MAXIMUM_LEVEL_LENGTH));
    }
  }
}
