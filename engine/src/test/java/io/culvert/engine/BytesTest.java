package io.culvert.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class BytesTest {
  @Test
  void readsBytesAsUnsigned() {
    assertThat(Bytes.hex("00ff80").get(1)).isEqualTo(255);
    assertThat(Bytes.hex("00ff80").get(2)).isEqualTo(128);
  }

  @Test
  void refusesAnIndexOutsideOfTheView() {
    Bytes view = Bytes.wrap(new byte[10], 2, 3);

    assertThatThrownBy(() -> view.get(3)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> view.get(-1)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> view.slice(1, 4)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> view.slice(2, 1)).isInstanceOf(IndexOutOfBoundsException.class);
  }

  @Test
  void refusesARangeOutsideOfTheArray() {
    byte[] array = new byte[4];

    assertThatThrownBy(() -> Bytes.wrap(array, 0, 5)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> Bytes.wrap(array, 5, 0)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> Bytes.wrap(array, -1, 2))
        .isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> Bytes.wrap(array, Integer.MAX_VALUE, 2))
        .isInstanceOf(IndexOutOfBoundsException.class);
  }

  @Test
  void anEmptyViewKeepsNoArrayAlive() {
    byte[] large = new byte[1000];

    assertThat(Bytes.wrap(large, 10, 0).array()).isEmpty();
    assertThat(Bytes.wrap(large).slice(7, 7).array()).isEmpty();
  }

  @Test
  void aCopyDoesNotSeeLaterChangesUnderTheView() {
    byte[] array = {1, 2, 3};
    Bytes view = Bytes.wrap(array, 1, 2);
    Bytes copy = view.copy();

    array[1] = 9;

    assertThat(view.toHex()).isEqualTo("0903");
    assertThat(copy.toHex()).isEqualTo("0203");
  }

  @Test
  void ordersAsUnsigned() {
    assertThat(Bytes.hex("7f")).isLessThan(Bytes.hex("80"));
    assertThat(Bytes.hex("80")).isLessThan(Bytes.hex("8000"));
  }

  @Test
  void showsShortContentAndOnlyTheLengthOfLong() {
    assertThat(Bytes.hex("0aff")).hasToString("Bytes[0aff]");
    assertThat(Bytes.wrap(new byte[33])).hasToString("Bytes[33 bytes]");
  }

  @Property
  void aSliceEqualsTheCopiedRange(
      @ForAll @Size(max = 40) byte[] content, @ForAll int a, @ForAll int b) {
    int from = Math.floorMod(a, content.length + 1);
    int to = from + Math.floorMod(b, content.length - from + 1);
    byte[] range = java.util.Arrays.copyOfRange(content, from, to);

    Bytes slice = Bytes.wrap(content).slice(from, to);

    assertThat(slice).isEqualTo(Bytes.wrap(range)).hasSameHashCodeAs(Bytes.wrap(range));
    assertThat(slice.toByteArray()).isEqualTo(range);
    assertThat(Bytes.hex(slice.toHex())).isEqualTo(slice);
  }

  @Property
  void orderAgreesWithEqualityAndPrefix(
      @ForAll @Size(max = 4) byte[] left, @ForAll @Size(max = 4) byte[] right) {
    Bytes a = Bytes.wrap(left);
    Bytes b = Bytes.wrap(right);

    assertThat(a.compareTo(b) == 0).isEqualTo(a.equals(b));
    assertThat(Integer.signum(a.compareTo(b))).isEqualTo(-Integer.signum(b.compareTo(a)));
    assertThat(a.startsWith(b)).isEqualTo(a.toHex().startsWith(b.toHex()));
    assertThat(Integer.signum(a.compareTo(b)))
        .isEqualTo(Integer.signum(a.toHex().compareTo(b.toHex())));
  }

  @Property
  void textSurvivesUtf8(@ForAll @net.jqwik.api.constraints.AlphaChars String text) {
    assertThat(Bytes.utf8(text).toUtf8()).isEqualTo(text);
  }
}
