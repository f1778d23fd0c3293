package io.culvert.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class OutboxTest {
  private final BufferPool pool = new BufferPool();
  private final Outbox outbox = new Outbox(pool);

  @Test
  void smallPiecesLeaveAsOne() {
    outbox.append(Bytes.hex("0102"));
    outbox.u16(0x0304);
    CollectingSink sink = new CollectingSink();
    outbox.drainTo(sink);

    assertThat(sink.copied).isEqualTo(1);
    assertThat(sink.bytes.toByteArray()).containsExactly(1, 2, 3, 4);
  }

  @Test
  void largePiecesAreSharedInTheirPlace() {
    Bytes large = Bytes.wrap(new byte[Outbox.SHARE_FROM_BYTES]);
    outbox.u8(1);
    outbox.append(large);
    outbox.u8(2);
    CollectingSink sink = new CollectingSink();

    assertThat(outbox.pendingBytes()).isEqualTo(large.length() + 2);
    outbox.drainTo(sink);

    assertThat(sink.shared).isEqualTo(1);
    assertThat(sink.copied).isEqualTo(2);
    assertThat(sink.bytes.toByteArray()).hasSize(large.length() + 2).startsWith(1).endsWith(2);
  }

  @Test
  void hasRoomInItsOwnArrayOrOneThatThePoolKeeps() {
    BufferPool small = BufferPool.forHeap(0);
    Outbox copies = new Outbox(small);
    copies.append(Bytes.wrap(new byte[3000]));
    while (small.keepsFor(8000)) {
      small.take(8000);
    }

    assertThat(copies.hasRoomFor(1096)).isTrue();
    assertThat(copies.hasRoomFor(1097)).isFalse();
    assertThat(copies.hasRoomFor(6000)).as("16 KiB").isTrue();
  }

  @Test
  void takesAtOnceWhatItNeededTheLastTime() {
    outbox.append(Bytes.wrap(new byte[3000]));
    outbox.drainTo(new CollectingSink());
    outbox.u8(1);
    assertThat(outbox.ownBytes()).isEqualTo(4096);
    outbox.drainTo(new CollectingSink());
    outbox.u8(1);
    assertThat(outbox.ownBytes()).isEqualTo(BufferPool.SMALLEST_BYTES);
  }

  @Test
  void whatItNeededIsKnownThoughItIsDrainedInParts() {
    outbox.append(Bytes.wrap(new byte[3000]));
    outbox.drainTo(new CollectingSink(), 2000);
    outbox.append(Bytes.wrap(new byte[200]));
    outbox.drainTo(new CollectingSink());
    outbox.u8(1);
    assertThat(outbox.ownBytes()).isEqualTo(4096);
  }

  @Test
  void takesOnlyWhatItNeedsWhereThePoolKeepsNoMoreOfThat() {
    outbox.append(Bytes.wrap(new byte[3000]));
    outbox.drainTo(new CollectingSink());
    while (pool.keepsFor(3000)) {
      pool.take(3000);
    }
    outbox.u8(1);
    assertThat(outbox.ownBytes()).isEqualTo(BufferPool.SMALLEST_BYTES);
  }

  @Test
  void aSharedArrayIsHeldUntilItsLastByteWasSent() {
    Bytes large = Bytes.wrap(new byte[10_000]).slice(100, 10_000);
    outbox.append(large);
    outbox.append(large);
    assertThat(pool.sharedBytes()).isEqualTo(20_000);
    outbox.drainTo(new CollectingSink(), 9000);
    assertThat(outbox.pendingBytes()).isEqualTo(10_800);
    assertThat(pool.sharedBytes()).isEqualTo(20_000);
    outbox.drainTo(new CollectingSink(), 1000);
    assertThat(pool.sharedBytes()).isEqualTo(10_000);
    outbox.drainTo(new CollectingSink());
    assertThat(pool.sharedBytes()).isZero();
    outbox.append(large);
    outbox.clear();
    assertThat(pool.sharedBytes()).isZero();
  }

  @Test
  void whatManyShareCountsOnce() {
    SharedBytes shared = new SharedBytes(Bytes.wrap(new byte[100]));
    Outbox other = new Outbox(pool);
    outbox.share(shared);
    outbox.share(shared);
    other.share(shared);
    assertThat(pool.sharedBytes()).isEqualTo(100);
    outbox.clear();
    assertThat(pool.sharedBytes()).isEqualTo(100);
    other.drainTo(new CollectingSink(), 99);
    assertThat(pool.sharedBytes()).isEqualTo(100);
    other.drainTo(new CollectingSink());
    assertThat(pool.sharedBytes()).isZero();
    outbox.share(shared);
    assertThat(pool.sharedBytes()).isEqualTo(100);
  }

  @Test
  void eachSharedArrayTakesWhatItTakesAlone() {
    Bytes half = Bytes.wrap(new byte[500 * 1024]);
    outbox.append(half);
    outbox.append(half);
    assertThat(pool.sharedBytes()).isEqualTo(1000 * 1024);
    outbox.append(Bytes.wrap(new byte[1024 * 1024]));
    assertThat(pool.sharedBytes()).isEqualTo(1000 * 1024 + 2 * 1024 * 1024);
    outbox.drainTo(new CollectingSink());
    assertThat(pool.sharedBytes()).isZero();
  }

  @Test
  void borrowedBytesAreCopiedHoweverMany() {
    byte[] borrowed = new byte[Outbox.SHARE_FROM_BYTES * 2];
    outbox.copy(Bytes.wrap(borrowed));
    borrowed[0] = 9;

    assertThat(CollectingSink.drain(outbox)).hasSize(borrowed.length).startsWith(0);
  }

  @Test
  void anOffsetStaysValidWhenTheArrayGrowsAfterAPartialDrain() {
    outbox.copy(new byte[250], 0, 250);
    outbox.drainTo(new CollectingSink(), 100);
    int at = outbox.reserve(2);
    outbox.copy(new byte[1000], 0, 1000);
    outbox.patchShort(at, 0xabcd);

    byte[] rest = CollectingSink.drain(outbox);
    assertThat(rest).hasSize(150 + 2 + 1000);
    assertThat(rest[150]).isEqualTo((byte) 0xab);
    assertThat(rest[151]).isEqualTo((byte) 0xcd);
  }

  @Test
  void holdsNoArrayWhileItHasNothingToSend() {
    outbox.u8(1);
    outbox.drainTo(new CollectingSink());

    assertThat(outbox.isEmpty()).isTrue();
    assertThat(outbox.pendingBytes()).isZero();
    assertThat(outbox.array()).isEmpty();
  }

  @Test
  void holdsNoArrayWhileOnlyASharedPieceIsLeft() {
    outbox.u8(1);
    outbox.append(Bytes.wrap(new byte[5000]));
    outbox.drainTo(new CollectingSink(), 3);

    assertThat(outbox.array()).isEmpty();
    assertThat(outbox.pendingBytes()).isEqualTo(4998);
  }

  @Test
  void givesItsArrayBackToThePool() {
    outbox.u8(1);
    byte[] array = outbox.array();
    outbox.clear();

    assertThat(pool.take(1)).isSameAs(array);
  }

  @Test
  void aSinkThatFailsHasNotTakenThePiece() {
    outbox.u8(7);
    Outbox.Sink failing =
        new Outbox.Sink() {
          @Override
          public void copied(byte[] array, int start, int length) {
            throw new IllegalStateException("socket is gone");
          }

          @Override
          public void shared(Bytes bytes) {
            throw new IllegalStateException("socket is gone");
          }
        };

    assertThatThrownBy(() -> outbox.drainTo(failing)).isInstanceOf(IllegalStateException.class);
    assertThat(CollectingSink.drain(outbox)).containsExactly(7);
  }

  @Test
  void refusesWhatNoVariableByteIntegerCanHold() {
    assertThatThrownBy(() -> outbox.varInt(268_435_456))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> outbox.varInt(-1)).isInstanceOf(IllegalArgumentException.class);
    assertThat(outbox.isEmpty()).isTrue();
  }
}
