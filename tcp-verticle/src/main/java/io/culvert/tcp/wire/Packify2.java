package io.culvert.tcp.wire;

import io.culvert.engine.ByteReader;
import io.culvert.engine.Bytes;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Packify 0.2: a letter for the type, the length in 32 bits, and the value. */
final class Packify2 implements AuthFieldsCodec {
  private static final BigInteger LIMIT = BigInteger.ONE.shiftLeft(32);

  private final SignedForm signed = SignedForm.of(Packify2::pack, /* isNumber= */ true);

  Packify2() {}

  @Override
  public Bytes encode(AuthFields fields) {
    Signature signature = fields.signature();
    Bytes quick = signature == null ? null : signed.write(signature);
    return quick == null ? Bytes.wrap(pack(fields.root())) : quick;
  }

  @Override
  public AuthFields decode(Bytes encoded) {
    AuthFields quick = signed.read(encoded);
    return quick == null ? PackCursor.fields(encoded, Packify2::value) : quick;
  }

  private static byte[] pack(AuthValue value) {
    if (value instanceof AuthValue.Octets octets) {
      return typed(octets.array() ? 'a' : 'b', octets.bytes().toByteArray());
    } else if (value instanceof AuthValue.Text text) {
      return typed('s', text.text().getBytes(StandardCharsets.UTF_8));
    } else if (value instanceof AuthValue.Whole whole) {
      return typed('i', number(whole.value()));
    } else if (value instanceof AuthValue.Mapping mapping) {
      return typed('d', pairs(mapping.entries()));
    } else if (value instanceof AuthValue.Items items) {
      return typed(letter(items.shape()), joined(items.items().stream().map(Packify2::pack)));
    } else if (value instanceof AuthValue.Flag flag) {
      return typed('B', new byte[] {(byte) (flag.value() ? 1 : 0)});
    } else if (value instanceof AuthValue.Real real) {
      return typed('f', number(Double.doubleToRawLongBits(real.value()), 8));
    } else if (value instanceof AuthValue.Decimal decimal) {
      return typed('D', decimal.text().getBytes(StandardCharsets.UTF_8));
    }
    return typed('n', new byte[0]);
  }

  private static byte[] pairs(Map<AuthValue, AuthValue> entries) {
    List<byte[]> pairs = new ArrayList<>(entries.size());
    entries.forEach(
        (key, value) -> pairs.add(typed('t', joined(List.of(pack(key), pack(value)).stream()))));
    return joined(pairs.stream().sorted(Arrays::compareUnsigned));
  }

  private static byte[] joined(Stream<byte[]> parts) {
    PackWriter joined = new PackWriter();
    parts.forEach(joined::bytes);
    return joined.written();
  }

  private static byte[] typed(char type, byte[] payload) {
    return new PackWriter(5 + payload.length)
        .u8(type)
        .number(payload.length, 4)
        .bytes(payload)
        .written();
  }

  private static byte[] number(BigInteger value) {
    if (value.signum() < 0 || value.compareTo(LIMIT) >= 0) {
      throw new IllegalArgumentException("this dialect has numbers of 32 bits, not " + value);
    }
    return number(value.longValue(), 4);
  }

  private static byte[] number(long value, int length) {
    return new PackWriter(length).number(value, length).written();
  }

  private static char letter(AuthValue.Shape shape) {
    return switch (shape) {
      case LIST -> 'l';
      case SET -> 'e';
      case TUPLE -> 't';
    };
  }

  private static AuthValue value(ByteReader reader, PackCursor cursor, int depth) {
    cursor.enter(depth);
    int type = reader.u8();
    Bytes payload = PackCursor.take(reader, reader.u32());
    return switch (type) {
      case 'b' -> new AuthValue.Octets(payload, false);
      case 'a' -> new AuthValue.Octets(payload, true);
      case 's' -> new AuthValue.Text(StrictText.decode(payload));
      case 'i' -> new AuthValue.Whole(PackCursor.unsigned(ofLength(payload, 4)));
      case 'd' -> PackCursor.mapping(values(payload, cursor, depth));
      case 't' -> items(AuthValue.Shape.TUPLE, payload, cursor, depth);
      case 'l' -> items(AuthValue.Shape.LIST, payload, cursor, depth);
      case 'e' -> items(AuthValue.Shape.SET, payload, cursor, depth);
      case 'B' -> new AuthValue.Flag(ofLength(payload, 1).get(0) != 0);
      case 'f' -> new AuthValue.Real(PackCursor.real(ofLength(payload, 8)));
      case 'D' -> new AuthValue.Decimal(StrictText.decode(payload));
      case 'n' -> AuthValue.NOTHING;
      default ->
          throw new FrameViolation("type " + type + " in the authentication fields is not known");
    };
  }

  private static AuthValue items(
      AuthValue.Shape shape, Bytes payload, PackCursor cursor, int depth) {
    return new AuthValue.Items(shape, values(payload, cursor, depth));
  }

  private static List<AuthValue> values(Bytes payload, PackCursor cursor, int depth) {
    ByteReader reader = PackCursor.reader(payload);
    List<AuthValue> values = new ArrayList<>(4);
    while (reader.remaining() > 0) {
      values.add(value(reader, cursor, depth + 1));
    }
    return values;
  }

  private static Bytes ofLength(Bytes payload, int length) {
    if (payload.length() != length) {
      throw new FrameViolation(
          "a value of %d bytes in the authentication fields, where it has %d"
              .formatted(payload.length(), length));
    }
    return payload;
  }
}
