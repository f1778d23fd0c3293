package io.culvert.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.culvert.engine.ByteReader.Truncated;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

class ByteReaderTest {
  private final ByteReader reader = new ByteReader();

  @Test
  void readsBigEndian() {
    reader.reset(Bytes.hex("80" + "8001" + "ff000001" + "616263"));

    assertThat(reader.u8()).isEqualTo(0x80);
    assertThat(reader.u16()).isEqualTo(0x8001);
    assertThat(reader.u32()).isEqualTo(0xff000001L);
    assertThat(reader.take(1).toUtf8()).isEqualTo("a");
    assertThat(reader.takeRest().toUtf8()).isEqualTo("bc");
    assertThat(reader.remaining()).isZero();
  }

  @Test
  void neverReadsBeyondTheFrameAlthoughTheArrayGoesOn() {
    reader.reset(new byte[100], 10, 1);

    assertThatThrownBy(reader::u16).isInstanceOf(Truncated.class);
    assertThatThrownBy(reader::u32).isInstanceOf(Truncated.class);
    assertThatThrownBy(() -> reader.take(2)).isInstanceOf(Truncated.class);
    assertThatThrownBy(() -> reader.take(-1)).isInstanceOf(Truncated.class);
    assertThat(reader.u8()).isZero();
    assertThatThrownBy(reader::u8).isInstanceOf(Truncated.class);
    assertThatThrownBy(reader::varInt).isInstanceOf(Truncated.class);
  }

  @Test
  void truncationCostsNoStackTrace() {
    reader.reset(Bytes.EMPTY);

    assertThatThrownBy(reader::u8).satisfies(t -> assertThat(t.getStackTrace()).isEmpty());
  }

  @Test
  void tellsAVariableByteIntegerThatIsTooLong() {
    reader.reset(Bytes.hex("ffffffff7f"));
    int value = reader.varInt();

    assertThat(ByteReader.isTooLong(value)).isTrue();
    assertThat(ByteReader.isNotMinimal(value)).isFalse();
  }

  @Test
  void tellsAVariableByteIntegerThatIsNotTheShortestForm() {
    for (String form : new String[] {"8000", "808000", "80808000", "ff00", "ffff8000"}) {
      reader.reset(Bytes.hex(form));
      int value = reader.varInt();

      assertThat(ByteReader.isNotMinimal(value)).as(form).isTrue();
      assertThat(ByteReader.isTooLong(value)).as(form).isFalse();
    }
  }

  @Test
  void readsTheLimitsOfEachLengthOfVariableByteInteger() {
    assertThat(varInt("00")).isZero();
    assertThat(varInt("7f")).isEqualTo(127);
    assertThat(varInt("8001")).isEqualTo(128);
    assertThat(varInt("ff7f")).isEqualTo(16_383);
    assertThat(varInt("808001")).isEqualTo(16_384);
    assertThat(varInt("ffff7f")).isEqualTo(2_097_151);
    assertThat(varInt("80808001")).isEqualTo(2_097_152);
    assertThat(varInt("ffffff7f")).isEqualTo(268_435_455);
  }

  @Test
  void refusesAFrameOutsideOfItsArray() {
    byte[] array = new byte[4];

    assertThatThrownBy(() -> reader.reset(array, 2, 3))
        .isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> reader.reset(array, -1, 1))
        .isInstanceOf(IndexOutOfBoundsException.class);
  }

  @Property
  void readsWhatAnOutboxWrites(
      @ForAll @IntRange(max = 255) int u8,
      @ForAll @IntRange(max = 65_535) int u16,
      @ForAll @LongRange(max = 4_294_967_295L) long u32,
      @ForAll @IntRange(max = 268_435_455) int varInt) {
    Outbox out = new Outbox(new BufferPool());
    out.u8(u8);
    out.u16(u16);
    out.u32(u32);
    out.varInt(varInt);
    reader.reset(Bytes.wrap(CollectingSink.drain(out)));

    assertThat(reader.u8()).isEqualTo(u8);
    assertThat(reader.u16()).isEqualTo(u16);
    assertThat(reader.u32()).isEqualTo(u32);
    assertThat(reader.varInt()).isEqualTo(varInt);
    assertThat(reader.remaining()).isZero();
  }

  private int varInt(String hex) {
    reader.reset(Bytes.hex(hex));
    int value = reader.varInt();
    assertThat(reader.remaining()).isZero();
    return value;
  }
}
