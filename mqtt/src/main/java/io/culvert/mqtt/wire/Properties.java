package io.culvert.mqtt.wire;

import io.culvert.engine.Bytes;
import io.culvert.engine.Outbox;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The properties of a packet: the checked section as it stands on the wire, without its length, and
 * a mask of what is in it. So order and repetitions are kept by nature, and forwarding is a copy.
 * Accessors scan the few bytes; nothing is parsed twice over and kept.
 *
 * <p>Invariant: every value has the form and range that {@link Property} gives it, and nothing but
 * User Properties and Subscription Identifiers is repeated. The bytes may be borrowed; {@link
 * #copy} ends that.
 */
public final class Properties {
  /** None. */
  public static final Properties EMPTY = new Properties(Bytes.EMPTY.array(), 0, 0, 0);

  private static final int[] NO_IDENTIFIERS = {};

  private final byte[] array;
  private final int start;
  private final int length;
  private final long present;

  Properties(byte[] array, int start, int length, long present) {
    this.array = array;
    this.start = start;
    this.length = length;
    this.present = present;
  }

  public static Builder builder() {
    return new Builder();
  }

  /** Wraps the {@link #content} of other properties, which need not be checked again. */
  public static Properties trusted(Bytes content) {
    if (content.isEmpty()) {
      return EMPTY;
    }
    byte[] array = content.array();
    int start = content.start();
    int end = start + content.length();
    long present = 0;
    for (int at = start; at < end; ) {
      Property property = Property.ofId(array[at]);
      if (property == null) {
        throw new IllegalArgumentException("no property " + array[at]);
      }
      present |= property.bit();
      at = PropertySection.valueEnd(property.type(), array, at + 1, end);
    }
    return new Properties(array, start, content.length(), present);
  }

  /**
   * Checks a {@link #content} that may have suffered, and wraps it.
   *
   * @param packet whose properties they are
   * @throws MqttViolation that says what is wrong
   */
  public static Properties parse(Bytes content, PacketType packet) {
    return PropertySection.of(content, packet.value());
  }

  public boolean isEmpty() {
    return length == 0;
  }

  public boolean has(Property property) {
    return (present & property.bit()) != 0;
  }

  /** The value of a number, or {@code otherwise} when it is absent. */
  public long integer(Property property, long otherwise) {
    if (!property.type().isInteger()) {
      throw new IllegalArgumentException(property + " is no number");
    }
    int at = find(property);
    return at < 0 ? otherwise : PropertySection.number(property.type(), array, at);
  }

  /** The value of a text, or null when it is absent. */
  public @Nullable String text(Property property) {
    Bytes bytes = bytes(property, PropertyType.UTF8);
    return bytes == null ? null : bytes.toUtf8();
  }

  /** A view of the value of binary data, or null when it is absent. */
  public @Nullable Bytes binary(Property property) {
    return bytes(property, PropertyType.BINARY);
  }

  /** The User Properties in their order, repetitions included. */
  public List<UserProperty> userProperties() {
    if (!has(Property.USER_PROPERTY)) {
      return List.of();
    }
    List<UserProperty> found = new ArrayList<>();
    forEach(
        (property, value) -> {
          if (value instanceof UserProperty pair) {
            found.add(pair);
          }
        });
    return List.copyOf(found);
  }

  /** The Subscription Identifiers in their order. */
  public int[] subscriptionIdentifiers() {
    if (!has(Property.SUBSCRIPTION_IDENTIFIER)) {
      return NO_IDENTIFIERS;
    }
    int[] found = new int[4];
    int count = 0;
    for (int at = start; at < start + length; at = next(at)) {
      if (propertyAt(at) == Property.SUBSCRIPTION_IDENTIFIER) {
        if (count == found.length) {
          found = Arrays.copyOf(found, count * 2);
        }
        found[count++] = (int) PropertySection.number(PropertyType.VAR_INT, array, at + 1);
      }
    }
    return Arrays.copyOf(found, count);
  }

  /** A view of the section, without its length. */
  public Bytes content() {
    return length == 0 ? Bytes.EMPTY : Bytes.wrap(array, start, length);
  }

  /** Bytes of the section, without its length. */
  public int contentLength() {
    return length;
  }

  /** Calls back with each property in wire order; values are Long, String, Bytes, UserProperty. */
  public void forEach(BiConsumer<Property, Object> action) {
    for (int at = start; at < start + length; at = next(at)) {
      Property property = propertyAt(at);
      action.accept(property, value(property, at + 1));
    }
  }

  /** Each property with its value, in wire order; values as for {@link #forEach}. */
  public List<Map.Entry<Property, Object>> entries() {
    List<Map.Entry<Property, Object>> entries = new ArrayList<>();
    forEach((property, value) -> entries.add(Map.entry(property, value)));
    return List.copyOf(entries);
  }

  /** The same with an array of its own. */
  public Properties copy() {
    return length == 0
        ? EMPTY
        : new Properties(Arrays.copyOfRange(array, start, start + length), 0, length, present);
  }

  /** Those that are not named. */
  public Properties without(Property... unwanted) {
    long mask = 0;
    for (Property property : unwanted) {
      mask |= property.bit();
    }
    return (present & mask) == 0 ? this : without(mask);
  }

  /** With a number: replaces it where it stands or appends it; what may be repeated is appended. */
  public Properties with(Property property, long value) {
    Builder builder = builder();
    boolean replace = has(property) && property != Property.SUBSCRIPTION_IDENTIFIER;
    for (int at = start; at < start + length; at = next(at)) {
      if (replace && propertyAt(at) == property) {
        builder.put(property, value);
      } else {
        builder.raw(propertyAt(at), array, at, next(at));
      }
    }
    return (replace ? builder : builder.put(property, value)).build();
  }

  /** With Subscription Identifiers appended, in their order. */
  public Properties withSubscriptionIdentifiers(int... identifiers) {
    Builder builder = builder().putAll(this);
    for (int identifier : identifiers) {
      builder.put(Property.SUBSCRIPTION_IDENTIFIER, identifier);
    }
    return builder.build();
  }

  /** Refuses, as our own fault, properties that are foreign to a packet. */
  public void checkAllowedIn(PacketType packet) {
    check(packet.value(), packet);
    if (packet == PacketType.SUBSCRIBE && subscriptionIdentifiers().length > 1) {
      throw new IllegalArgumentException("several Subscription Identifiers in SUBSCRIBE");
    }
  }

  /** Refuses, as our own fault, properties that are foreign to a Will. */
  public void checkAllowedInWill() {
    check(Property.IN_WILL, "Will");
  }

  /** Bytes of the section with its length. */
  int sizeBytes() {
    return varIntSize(length) + length;
  }

  void writeTo(Outbox out) {
    out.varInt(length);
    out.copy(array, start, length);
  }

  /** Writes the section without its length to {@code target} at {@code at}. */
  void copyTo(byte[] target, int at) {
    System.arraycopy(array, start, target, at, length);
  }

  /** Bytes that a Variable Byte Integer takes. */
  static int varIntSize(int value) {
    return value < 0x80 ? 1 : value < 0x4000 ? 2 : value < 0x20_0000 ? 3 : 4;
  }

  /** Equal when all are the same, in the same order. */
  @Override
  public boolean equals(Object other) {
    return other instanceof Properties that
        && Arrays.equals(
            array, start, start + length, that.array, that.start, that.start + that.length);
  }

  @Override
  public int hashCode() {
    return content().hashCode();
  }

  /** The names only: values may be secret. */
  @Override
  public String toString() {
    List<Property> names = new ArrayList<>();
    forEach((property, value) -> names.add(property));
    return names.toString();
  }

  private void check(int place, Object placeName) {
    long foreign = present & ~Property.allowedAt(place);
    if (foreign != 0) {
      throw new IllegalArgumentException(
          Property.ofId(Long.numberOfTrailingZeros(foreign)) + " is no property of " + placeName);
    }
  }

  private Properties without(long mask) {
    byte[] kept = new byte[length];
    int size = 0;
    for (int at = start; at < start + length; at = next(at)) {
      if ((propertyAt(at).bit() & mask) == 0) {
        int bytes = next(at) - at;
        System.arraycopy(array, at, kept, size, bytes);
        size += bytes;
      }
    }
    return size == 0 ? EMPTY : new Properties(kept, 0, size, present & ~mask);
  }

  private @Nullable Bytes bytes(Property property, PropertyType type) {
    if (property.type() != type) {
      throw new IllegalArgumentException(property + " is " + property.type() + ", not " + type);
    }
    int at = find(property);
    return at < 0 ? null : string(at);
  }

  /** Where the first value of a property begins, or -1. */
  private int find(Property property) {
    if (has(property)) {
      for (int at = start; at < start + length; at = next(at)) {
        if (array[at] == property.id()) {
          return at + 1;
        }
      }
    }
    return -1;
  }

  private Object value(Property property, int at) {
    return switch (property.type()) {
      case BOOL, U8, U16, U32, VAR_INT -> PropertySection.number(property.type(), array, at);
      case UTF8 -> string(at).toUtf8();
      case BINARY -> string(at);
      case UTF8_PAIR -> {
        Bytes name = string(at);
        yield new UserProperty(name.toUtf8(), string(at + 2 + name.length()).toUtf8());
      }
    };
  }

  private Bytes string(int at) {
    return Bytes.wrap(array, at + 2, PropertySection.u16(array, at));
  }

  private int next(int at) {
    return PropertySection.valueEnd(propertyAt(at).type(), array, at + 1, start + length);
  }

  private Property propertyAt(int at) {
    Property property = Property.ofId(array[at]);
    if (property == null) {
      throw new IllegalStateException("property section changed under our hands");
    }
    return property;
  }

  /** Builds a section; what breaks the table is an {@link IllegalArgumentException}. */
  public static final class Builder {
    private byte[] bytes = new byte[32];
    private int size;
    private long present;

    private Builder() {}

    /** Appends a number. */
    public Builder put(Property property, long value) {
      if (!property.type().isInteger()) {
        throw new IllegalArgumentException(property + " is no number");
      }
      if (value < property.minimum() || value > property.maximum()) {
        throw new IllegalArgumentException(property + " cannot be " + value);
      }
      begin(property, 5);
      switch (property.type()) {
        case BOOL, U8 -> u8((int) value);
        case U16 -> u16((int) value);
        case U32 -> {
          u16((int) (value >>> 16));
          u16((int) value);
        }
        case VAR_INT -> varInt((int) value);
        case UTF8, BINARY, UTF8_PAIR -> throw new IllegalStateException();
      }
      return this;
    }

    /** Appends a text. */
    public Builder put(Property property, String value) {
      expect(property, PropertyType.UTF8);
      byte[] utf8 = Utf8.encode(value);
      if (property == Property.RESPONSE_TOPIC
          && (value.indexOf('+') >= 0 || value.indexOf('#') >= 0)) {
        throw new IllegalArgumentException("wildcard in the Response Topic"); // [MQTT5-3.3.2-14]
      }
      begin(property, 2 + utf8.length);
      string(utf8, 0, utf8.length);
      return this;
    }

    /** Appends binary data. */
    public Builder put(Property property, Bytes value) {
      expect(property, PropertyType.BINARY);
      if (value.length() > Utf8.MAXIMUM_BYTES) {
        throw new IllegalArgumentException(property + " is longer than 65535 bytes");
      }
      begin(property, 2 + value.length());
      string(value.array(), value.start(), value.length());
      return this;
    }

    /** Appends a User Property. */
    public Builder userProperty(String name, String value) {
      byte[] first = Utf8.encode(name);
      byte[] second = Utf8.encode(value);
      begin(Property.USER_PROPERTY, 4 + first.length + second.length);
      string(first, 0, first.length);
      string(second, 0, second.length);
      return this;
    }

    /** Appends all of another section. */
    public Builder putAll(Properties others) {
      for (int at = others.start; at < others.start + others.length; at = others.next(at)) {
        raw(others.propertyAt(at), others.array, at, others.next(at));
      }
      return this;
    }

    public Properties build() {
      return size == 0 ? EMPTY : new Properties(Arrays.copyOf(bytes, size), 0, size, present);
    }

    private void raw(Property property, byte[] source, int from, int to) {
      begin(property, to - from - 1);
      System.arraycopy(source, from + 1, bytes, size, to - from - 1);
      size += to - from - 1;
    }

    private static void expect(Property property, PropertyType type) {
      if (property.type() != type) {
        throw new IllegalArgumentException(property + " is " + property.type() + ", not " + type);
      }
    }

    private void begin(Property property, int valueSize) {
      boolean repeatable = property.repeatableIn(PacketType.PUBLISH);
      if ((present & property.bit()) != 0 && !repeatable) {
        throw new IllegalArgumentException(property + " more than once");
      }
      present |= property.bit();
      if (size + 1 + valueSize > bytes.length) {
        bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, size + 1 + valueSize));
      }
      u8(property.id());
    }

    private void string(byte[] source, int from, int length) {
      u16(length);
      System.arraycopy(source, from, bytes, size, length);
      size += length;
    }

    private void u8(int value) {
      bytes[size++] = (byte) value;
    }

    private void u16(int value) {
      u8(value >>> 8);
      u8(value);
    }

    private void varInt(int value) {
      int rest = value;
      while (rest > 0x7f) {
        u8((rest & 0x7f) | 0x80);
        rest >>>= 7;
      }
      u8(rest);
    }
  }
}
