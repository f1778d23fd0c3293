package io.culvert.engine;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class HeapBytesTest {
  private static final int MIB = 1024 * 1024;

  @Test
  void smallArraysTakeWhatTheyAreLong() {
    assertThat(HeapBytes.of(0)).isZero();
    assertThat(HeapBytes.of(MIB / 2 - 1)).isEqualTo(MIB / 2 - 1);
  }

  @Test
  void largeArraysTakeWholeRegionsWithTheirHeader() {
    assertThat(HeapBytes.of(MIB / 2)).isEqualTo(MIB);
    assertThat(HeapBytes.of(MIB - 16)).isEqualTo(MIB);
    assertThat(HeapBytes.of(MIB)).isEqualTo(2 * MIB);
    assertThat(HeapBytes.of(3 * MIB)).isEqualTo(4 * MIB);
  }
}
