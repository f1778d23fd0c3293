package io.culvert.rpc.protocol;

import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a request or an answer says beyond the plain protocol: {@code header.options}, for peers
 * that have opted in. The names are those of CoAP. Values are checked when they are read; each
 * {@code with…} takes null to leave an option away.
 */
public final class RpcOptions {
  /** None of them. */
  public static final RpcOptions NONE = new RpcOptions(new EnumMap<>(Option.class));

  private final EnumMap<Option, Object> values;

  private RpcOptions(EnumMap<Option, Object> values) {
    this.values = values;
  }

  /**
   * Reads them. Names that are not known are left out, unless they begin with an exclamation mark.
   *
   * @throws PayloadViolation with {@link ResponseCode#BAD_OPTION}
   */
  static RpcOptions parse(@Nullable Object wire) {
    if (wire == null) {
      return NONE;
    } else if (!(wire instanceof Map<?, ?> members)) {
      throw new PayloadViolation("header.options", "is no JSON object", ResponseCode.BAD_OPTION);
    } else {
      EnumMap<Option, Object> values = new EnumMap<>(Option.class);
      members.forEach((name, value) -> put(values, (String) name, value));
      return new RpcOptions(values);
    }
  }

  private static void put(EnumMap<Option, Object> values, String name, @Nullable Object wire) {
    boolean isCritical = name.startsWith(Option.CRITICAL);
    Option option = Option.find(isCritical ? name.substring(1) : name);
    if (option != null) {
      values.put(option, option.read(wire));
    } else if (isCritical) {
      throw new PayloadViolation(
          "header.options", "has the unknown option " + name, ResponseCode.BAD_OPTION);
    }
  }

  public boolean isEmpty() {
    return values.isEmpty();
  }

  /** Of an answer: the state that it shows. Of a request: the states that the requester has. */
  public List<ETag> etags() {
    return etags(Option.ETAG);
  }

  /** The state that an answer shows, or null. */
  public @Nullable ETag etag() {
    List<ETag> etags = etags();
    return etags.isEmpty() ? null : etags.get(0);
  }

  public RpcOptions withEtags(List<ETag> value) {
    return with(Option.ETAG, value.isEmpty() ? null : List.copyOf(value));
  }

  public RpcOptions withEtag(@Nullable ETag value) {
    return with(Option.ETAG, value == null ? null : List.of(value));
  }

  /** To be done only when the resource is in one of these states; empty for any. */
  public List<ETag> ifMatch() {
    return etags(Option.IF_MATCH);
  }

  public RpcOptions withIfMatch(List<ETag> value) {
    return with(Option.IF_MATCH, value.isEmpty() ? null : List.copyOf(value));
  }

  /** To be done only when there is no such resource. */
  public boolean ifNoneMatch() {
    return Boolean.TRUE.equals(values.get(Option.IF_NONE_MATCH));
  }

  public RpcOptions withIfNoneMatch(boolean value) {
    return with(Option.IF_NONE_MATCH, value ? true : null);
  }

  /** 0 to observe and 1 to stop in a request; the order of states in an answer. RFC 7641. */
  public @Nullable Integer observe() {
    return whole(Option.OBSERVE);
  }

  public RpcOptions withObserve(@Nullable Integer value) {
    return withNumber(Option.OBSERVE, value);
  }

  /** Seconds for which an answer is fresh, or after which one may come again. */
  public @Nullable Long maxAgeSeconds() {
    return (Long) values.get(Option.MAX_AGE);
  }

  public RpcOptions withMaxAgeSeconds(@Nullable Long value) {
    return withNumber(Option.MAX_AGE, value);
  }

  /** What the body is, by CoAP's numbers. */
  public @Nullable Integer contentFormat() {
    return whole(Option.CONTENT_FORMAT);
  }

  public RpcOptions withContentFormat(@Nullable Integer value) {
    return withNumber(Option.CONTENT_FORMAT, value);
  }

  /** What bodies the requester understands; empty for any. */
  public List<Integer> accept() {
    return values.get(Option.ACCEPT) instanceof List<?> numbers
        ? numbers.stream().map(number -> ((Long) number).intValue()).toList()
        : List.of();
  }

  public RpcOptions withAccept(List<Integer> value) {
    return with(
        Option.ACCEPT, value.isEmpty() ? null : value.stream().map(Integer::longValue).toList());
  }

  /** Parameters, in their order. */
  @SuppressWarnings("unchecked")
  public Map<String, String> query() {
    Object query = values.get(Option.QUERY);
    return query == null ? Map.of() : (Map<String, String>) query;
  }

  public RpcOptions withQuery(Map<String, String> value) {
    return with(
        Option.QUERY,
        value.isEmpty() ? null : Collections.unmodifiableMap(new LinkedHashMap<>(value)));
  }

  /** Which part of the request's body this is, or which one has come. */
  public @Nullable Block block1() {
    return (Block) values.get(Option.BLOCK1);
  }

  public RpcOptions withBlock1(@Nullable Block value) {
    return with(Option.BLOCK1, value);
  }

  /** Which part of the answer's body this is, or which one is wanted. */
  public @Nullable Block block2() {
    return (Block) values.get(Option.BLOCK2);
  }

  public RpcOptions withBlock2(@Nullable Block value) {
    return with(Option.BLOCK2, value);
  }

  /** Bytes of the request's whole body, or how many are allowed. */
  public @Nullable Long size1() {
    return (Long) values.get(Option.SIZE1);
  }

  public RpcOptions withSize1(@Nullable Long value) {
    return withNumber(Option.SIZE1, value);
  }

  /** Bytes of the answer's whole body. */
  public @Nullable Long size2() {
    return (Long) values.get(Option.SIZE2);
  }

  public RpcOptions withSize2(@Nullable Long value) {
    return withNumber(Option.SIZE2, value);
  }

  /** Classes of answers that nobody waits for: 2 for 2.xx, 8 for 4.xx, 16 for 5.xx. RFC 7967. */
  public int noResponse() {
    Integer classes = whole(Option.NO_RESPONSE);
    return classes == null ? 0 : classes;
  }

  public RpcOptions withNoResponse(int value) {
    return withNumber(Option.NO_RESPONSE, value == 0 ? null : value);
  }

  /** Whether nobody waits for an answer with this code. */
  public boolean suppresses(int responseCode) {
    return (noResponse() >> (responseCode / 100 - 1) & 1) != 0;
  }

  /** What blocks of one body have in common. */
  public @Nullable String requestTag() {
    return (String) values.get(Option.REQUEST_TAG);
  }

  public RpcOptions withRequestTag(@Nullable String value) {
    return with(Option.REQUEST_TAG, value);
  }

  /** What proves that a request is new. RFC 9175. */
  public @Nullable String echo() {
    return (String) values.get(Option.ECHO);
  }

  public RpcOptions withEcho(@Nullable String value) {
    return with(Option.ECHO, value);
  }

  /**
   * Milliseconds from the sending on: of a request, for which somebody waits for the answer; of an
   * answer, those that were left of them.
   */
  public @Nullable Long expiresMillis() {
    return (Long) values.get(Option.EXPIRES);
  }

  public RpcOptions withExpiresMillis(@Nullable Long value) {
    return withNumber(Option.EXPIRES, value);
  }

  /** Seconds after which an observation ends that is not renewed. */
  public @Nullable Long leaseSeconds() {
    return (Long) values.get(Option.LEASE);
  }

  public RpcOptions withLeaseSeconds(@Nullable Long value) {
    return withNumber(Option.LEASE, value);
  }

  /** Topic for the answer, where MQTT has no response topic. */
  public @Nullable String replyTo() {
    return (String) values.get(Option.REPLY_TO);
  }

  public RpcOptions withReplyTo(@Nullable String value) {
    return with(Option.REPLY_TO, value);
  }

  /** Gateways that may still pass it on. RFC 8768. */
  public @Nullable Integer hopLimit() {
    return whole(Option.HOP_LIMIT);
  }

  public RpcOptions withHopLimit(@Nullable Integer value) {
    return withNumber(Option.HOP_LIMIT, value);
  }

  /** As they stand in the header. */
  public Map<String, Object> toWire() {
    Map<String, Object> wire = new LinkedHashMap<>();
    values.forEach((option, value) -> wire.put(option.wireName(), option.write(value)));
    return wire;
  }

  @SuppressWarnings("unchecked")
  private List<ETag> etags(Option option) {
    Object etags = values.get(option);
    return etags == null ? List.of() : (List<ETag>) etags;
  }

  private @Nullable Integer whole(Option option) {
    return values.get(option) instanceof Long number ? (Integer) number.intValue() : null;
  }

  private RpcOptions withNumber(Option option, @Nullable Number value) {
    return with(option, value == null ? null : value.longValue());
  }

  /** What cannot be read is not written either. */
  private RpcOptions with(Option option, @Nullable Object value) {
    if (value == null && !values.containsKey(option)) {
      return this;
    }
    EnumMap<Option, Object> changed = new EnumMap<>(values);
    if (value == null) {
      changed.remove(option);
    } else {
      changed.put(option, value);
      try {
        option.read(option.write(value));
      } catch (PayloadViolation e) {
        throw new IllegalArgumentException(option.wireName() + ": " + value, e);
      }
    }
    return new RpcOptions(changed);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof RpcOptions that && values.equals(that.values);
  }

  @Override
  public int hashCode() {
    return values.hashCode();
  }

  @Override
  public String toString() {
    return toWire().toString();
  }
}
