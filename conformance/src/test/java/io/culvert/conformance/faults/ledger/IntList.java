package io.culvert.conformance.faults.ledger;

import java.util.Arrays;

/** Numbers in the order in which they came: millions of them, without an object each. */
final class IntList {
  private int[] values = new int[64];
  private int size;

  void add(int value) {
    if (size == values.length) {
      values = Arrays.copyOf(values, size * 2);
    }
    values[size++] = value;
  }

  int size() {
    return size;
  }

  int get(int index) {
    return values[index];
  }
}
