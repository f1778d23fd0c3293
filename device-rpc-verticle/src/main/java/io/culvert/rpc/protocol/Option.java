package io.culvert.rpc.protocol;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The options, how each is read, and how each is written. */
enum Option {
  ETAG,
  IF_MATCH,
  IF_NONE_MATCH,
  OBSERVE,
  MAX_AGE,
  CONTENT_FORMAT,
  ACCEPT,
  QUERY,
  BLOCK1,
  BLOCK2,
  SIZE1,
  SIZE2,
  NO_RESPONSE,
  REQUEST_TAG,
  ECHO,
  EXPIRES,
  LEASE,
  REPLY_TO,
  HOP_LIMIT;

  /** In front of a name: whoever does not know the option must refuse the request. */
  static final String CRITICAL = "!";

  private static final long UNSIGNED_8 = 0xff;
  private static final long UNSIGNED_24 = 0xff_ffff;
  private static final long UNSIGNED_16 = 0xffff;
  private static final long UNSIGNED_32 = 0xffff_ffffL;
  private static final int MAXIMUM_LABEL_LENGTH = 128;
  private static final int MAXIMUM_TOPIC_LENGTH = 1024;
  private static final int MAXIMUM_ITEMS = 64;

  private static final Map<String, Option> BY_NAME = new HashMap<>();

  static {
    for (Option option : values()) {
      BY_NAME.put(option.wireName, option);
    }
  }

  private final String wireName = name().toLowerCase(Locale.ROOT);

  static @Nullable Option find(String wireName) {
    return BY_NAME.get(wireName);
  }

  String wireName() {
    return wireName;
  }

  Object read(@Nullable Object wire) {
    Object value = null;
    try {
      value = wire == null ? null : value(wire);
    } catch (IllegalArgumentException e) {
      // Base64 that is none, a block of an impossible size: refused as the others are.
    }
    if (value == null) {
      throw new PayloadViolation(
          "header.options." + wireName(), "makes no sense", ResponseCode.BAD_OPTION);
    }
    return value;
  }

  Object write(Object value) {
    return switch (this) {
      case ETAG -> oneOrMore(value);
      case IF_MATCH -> texts(value);
      case BLOCK1, BLOCK2 -> members(value);
      case IF_NONE_MATCH,
          OBSERVE,
          MAX_AGE,
          CONTENT_FORMAT,
          ACCEPT,
          QUERY,
          SIZE1,
          SIZE2,
          NO_RESPONSE,
          REQUEST_TAG,
          ECHO,
          EXPIRES,
          LEASE,
          REPLY_TO,
          HOP_LIMIT ->
          value;
    };
  }

  private @Nullable Object value(Object wire) {
    return switch (this) {
      case ETAG, IF_MATCH -> etags(wire);
      case IF_NONE_MATCH -> wire instanceof Boolean ? wire : null;
      case OBSERVE -> number(wire, 0, UNSIGNED_24);
      case CONTENT_FORMAT -> number(wire, 0, UNSIGNED_16);
      case MAX_AGE, SIZE1, SIZE2, EXPIRES -> number(wire, 0, UNSIGNED_32);
      case LEASE -> number(wire, 1, UNSIGNED_32);
      case NO_RESPONSE -> number(wire, 0, UNSIGNED_8);
      case HOP_LIMIT -> number(wire, 1, UNSIGNED_8);
      case ACCEPT -> numbers(wire);
      case QUERY -> query(wire);
      case BLOCK1, BLOCK2 -> block(wire);
      case REQUEST_TAG, ECHO -> label(wire);
      case REPLY_TO -> topic(wire);
    };
  }

  private static @Nullable Object number(Object wire, long least, long most) {
    if (wire instanceof Integer || wire instanceof Long) {
      long value = ((Number) wire).longValue();
      return value < least || value > most ? null : (Object) value;
    }
    return null;
  }

  private static @Nullable Object label(Object wire) {
    return wire instanceof String text && !text.isEmpty() && text.length() <= MAXIMUM_LABEL_LENGTH
        ? text
        : null;
  }

  private static @Nullable Object topic(Object wire) {
    return wire instanceof String text
            && !text.isEmpty()
            && text.length() <= MAXIMUM_TOPIC_LENGTH
            && text.chars().noneMatch(c -> c == '+' || c == '#' || Character.isISOControl(c))
        ? text
        : null;
  }

  private static @Nullable Object etags(Object wire) {
    List<?> items = wire instanceof List<?> list ? list : List.of(wire);
    List<ETag> etags = new ArrayList<>();
    for (Object item : items) {
      if (!(item instanceof String text) || etags.size() == MAXIMUM_ITEMS) {
        return null;
      }
      etags.add(ETag.parse(text));
    }
    return List.copyOf(etags);
  }

  private static @Nullable Object numbers(Object wire) {
    List<?> items = wire instanceof List<?> list ? list : List.of(wire);
    List<Long> numbers = new ArrayList<>();
    for (Object item : items) {
      Object number = item == null ? null : number(item, 0, UNSIGNED_16);
      if (number == null || numbers.size() == MAXIMUM_ITEMS) {
        return null;
      }
      numbers.add((Long) number);
    }
    return List.copyOf(numbers);
  }

  private static @Nullable Object query(Object wire) {
    if (!(wire instanceof Map<?, ?> members) || members.size() > MAXIMUM_ITEMS) {
      return null;
    }
    Map<String, String> query = new LinkedHashMap<>();
    for (Map.Entry<?, ?> member : members.entrySet()) {
      if (!(member.getValue() instanceof String value)) {
        return null;
      }
      query.put((String) member.getKey(), value);
    }
    return Collections.unmodifiableMap(query);
  }

  private static @Nullable Object block(Object wire) {
    return wire instanceof Map<?, ?> members
            && members.get("num") instanceof Integer number
            && members.get("size") instanceof Integer size
            && members.get("more") instanceof Boolean more
        ? new Block(number, more, size)
        : null;
  }

  private static Object members(Object value) {
    Block block = (Block) value;
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("num", block.number());
    members.put("more", block.more());
    members.put("size", block.sizeBytes());
    return members;
  }

  private static Object oneOrMore(Object value) {
    List<String> texts = texts(value);
    return texts.size() == 1 ? texts.get(0) : texts;
  }

  private static List<String> texts(Object value) {
    return ((List<?>) value).stream().map(item -> ((ETag) item).text()).toList();
  }
}
