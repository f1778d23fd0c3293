package io.culvert.tcp.wire;

import io.culvert.engine.ByteReader;
import io.culvert.engine.Bytes;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Packify 0.3: one byte for the type and the width of the length that follows. A container has the
 * number of its items, then all their lengths, then the items.
 */
final class Packify3 implements AuthFieldsCodec {
  private static final int NULL = 0;
  private static final int BYTES = 1;
  private static final int BYTE_ARRAY = 2;
  private static final int TEXT = 3;
  private static final int WHOLE = 4;
  private static final int NEGATIVE = 5;
  private static final int FLAG = 6;
  private static final int REAL = 7;
  private static final int DECIMAL = 8;
  private static final int LIST = 10;
  private static final int SET = 11;
  private static final int TUPLE = 12;
  private static final int MAP = 13;

  private final SignedForm withNumber = SignedForm.of(Packify3::pack, /* isNumber= */ true);
  private final SignedForm withBytes = SignedForm.of(Packify3::pack, /* isNumber= */ false);

  Packify3() {}

  @Override
  public Bytes encode(AuthFields fields) {
    Signature signature = fields.signature();
    Bytes quick =
        signature == null ? null : (signature.isNumber() ? withNumber : withBytes).write(signature);
    return quick == null ? Bytes.wrap(pack(fields.root())) : quick;
  }

  @Override
  public AuthFields decode(Bytes encoded) {
    AuthFields quick = withBytes.read(encoded);
    if (quick == null) {
      quick = withNumber.read(encoded);
    }
    return quick == null ? PackCursor.fields(encoded, Packify3::value) : quick;
  }

  private static byte[] pack(AuthValue value) {
    if (value instanceof AuthValue.Octets octets) {
      return sized(octets.array() ? BYTE_ARRAY : BYTES, octets.bytes().toByteArray());
    } else if (value instanceof AuthValue.Text text) {
      return sized(TEXT, text.text().getBytes(StandardCharsets.UTF_8));
    } else if (value instanceof AuthValue.Whole whole) {
      return number(whole.value());
    } else if (value instanceof AuthValue.Mapping mapping) {
      return container(MAP, pairs(mapping.entries()));
    } else if (value instanceof AuthValue.Items items) {
      return container(type(items.shape()), items.items().stream().map(Packify3::pack).toList());
    } else if (value instanceof AuthValue.Flag flag) {
      return new byte[] {FLAG, (byte) (flag.value() ? 1 : 0)};
    } else if (value instanceof AuthValue.Real real) {
      long bits = Double.doubleToRawLongBits(real.value());
      return new PackWriter(9).u8(REAL).number(bits, 8).written();
    } else if (value instanceof AuthValue.Decimal decimal) {
      return sized(DECIMAL, decimal.text().getBytes(StandardCharsets.UTF_8));
    }
    return new byte[] {NULL};
  }

  private static List<byte[]> pairs(Map<AuthValue, AuthValue> entries) {
    List<byte[]> pairs = new ArrayList<>(entries.size());
    entries.forEach((key, value) -> pairs.add(container(TUPLE, List.of(pack(key), pack(value)))));
    pairs.sort(Arrays::compareUnsigned);
    return pairs;
  }

  private static byte[] container(int type, List<byte[]> items) {
    int largest = items.stream().mapToInt(item -> item.length).max().orElse(0);
    int width = width(largest);
    PackWriter out = new PackWriter();
    out.u8(classOf(width(items.size())) | type);
    out.u8(classOf(width));
    out.number(items.size(), width(items.size()));
    items.forEach(item -> out.number(item.length, width));
    items.forEach(out::bytes);
    return out.written();
  }

  private static byte[] sized(int type, byte[] payload) {
    int width = width(payload.length);
    return new PackWriter(1 + width + payload.length)
        .u8(classOf(width) | type)
        .number(payload.length, width)
        .bytes(payload)
        .written();
  }

  private static byte[] number(BigInteger value) {
    int type = value.signum() < 0 ? NEGATIVE : WHOLE;
    BigInteger magnitude = value.abs();
    if (magnitude.bitLength() <= 32) {
      int width = width(magnitude.longValue());
      return new PackWriter(1 + width)
          .u8(classOf(width) | type)
          .number(magnitude.longValue(), width)
          .written();
    }
    int length = (magnitude.bitLength() + 7) / 8;
    if (length > 255) {
      throw new IllegalArgumentException("a number of more than 255 bytes");
    }
    byte[] bytes = magnitude.toByteArray();
    byte[] withoutSign = Arrays.copyOfRange(bytes, bytes.length - length, bytes.length);
    return new PackWriter(2 + length).u8(type).u8(length).bytes(withoutSign).written();
  }

  private static int width(long number) {
    return number < 0x100 ? 1 : number < 0x1_0000 ? 2 : 4;
  }

  private static int classOf(int width) {
    return width == 1 ? 0x40 : width == 2 ? 0x80 : 0xc0;
  }

  private static int type(AuthValue.Shape shape) {
    return switch (shape) {
      case LIST -> LIST;
      case SET -> SET;
      case TUPLE -> TUPLE;
    };
  }

  private static AuthValue value(ByteReader reader, PackCursor cursor, int depth) {
    cursor.enter(depth);
    int code = reader.u8();
    int width = widthOf(code & 0xc0);
    int type = code & 0x3f;
    return width == 0 ? plain(type, reader) : sized(type, width, reader, cursor, depth);
  }

  /** Types that have no length, and numbers that bring their own. */
  private static AuthValue plain(int type, ByteReader reader) {
    return switch (type) {
      case NULL -> AuthValue.NOTHING;
      case FLAG -> new AuthValue.Flag(reader.u8() != 0);
      case REAL -> new AuthValue.Real(PackCursor.real(reader.take(8)));
      case WHOLE -> new AuthValue.Whole(PackCursor.unsigned(reader.take(reader.u8())));
      case NEGATIVE -> new AuthValue.Whole(PackCursor.unsigned(reader.take(reader.u8())).negate());
      default -> throw unknown(type);
    };
  }

  private static AuthValue sized(
      int type, int width, ByteReader reader, PackCursor cursor, int depth) {
    return switch (type) {
      case WHOLE -> AuthValue.of(number(reader, width));
      case NEGATIVE -> AuthValue.of(-number(reader, width));
      case BYTES -> new AuthValue.Octets(taken(reader, width), false);
      case BYTE_ARRAY -> new AuthValue.Octets(taken(reader, width), true);
      case TEXT -> new AuthValue.Text(StrictText.decode(taken(reader, width)));
      case DECIMAL -> new AuthValue.Decimal(StrictText.decode(taken(reader, width)));
      case MAP -> PackCursor.mapping(items(width, reader, cursor, depth));
      case LIST -> new AuthValue.Items(AuthValue.Shape.LIST, items(width, reader, cursor, depth));
      case SET -> new AuthValue.Items(AuthValue.Shape.SET, items(width, reader, cursor, depth));
      case TUPLE -> new AuthValue.Items(AuthValue.Shape.TUPLE, items(width, reader, cursor, depth));
      default -> throw unknown(type);
    };
  }

  private static Bytes taken(ByteReader reader, int width) {
    return PackCursor.take(reader, number(reader, width));
  }

  private static List<AuthValue> items(
      int countWidth, ByteReader reader, PackCursor cursor, int depth) {
    int width = widthOf(reader.u8());
    long count = number(reader, countWidth);
    if (width == 0 || count > PackCursor.MAXIMUM_VALUES) {
      throw new FrameViolation("a container in the authentication fields makes no sense");
    }
    long[] lengths = new long[(int) count];
    for (int i = 0; i < lengths.length; i++) {
      lengths[i] = number(reader, width);
    }
    List<AuthValue> items = new ArrayList<>(lengths.length);
    for (long length : lengths) {
      items.add(value(PackCursor.reader(PackCursor.take(reader, length)), cursor, depth + 1));
    }
    return items;
  }

  private static long number(ByteReader reader, int width) {
    return switch (width) {
      case 1 -> reader.u8();
      case 2 -> reader.u16();
      default -> reader.u32();
    };
  }

  private static int widthOf(int lengthClass) {
    return switch (lengthClass) {
      case 0x40 -> 1;
      case 0x80 -> 2;
      case 0xc0 -> 4;
      default -> 0;
    };
  }

  private static FrameViolation unknown(int type) {
    return new FrameViolation("type " + type + " in the authentication fields is not known");
  }
}
