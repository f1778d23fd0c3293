package io.culvert.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class ReceiveBufferTest {
  private final ReceiveBuffer buffer = new ReceiveBuffer();
  private final ByteReader reader = new ByteReader();

  @Test
  void aFrameInsideOneChunkIsNotCopied() {
    byte[] chunk = {1, 2, 3, 4};
    buffer.add(Bytes.wrap(chunk, 1, 3));
    buffer.take(2, reader);

    assertThat(reader.array()).isSameAs(chunk);
    assertThat(reader.takeRest().toHex()).isEqualTo("0203");
    assertThat(buffer.heldBytes()).isZero();
  }

  @Test
  void aFrameThatSpansChunksIsPutTogether() {
    buffer.add(Bytes.hex("0102"));
    buffer.keep();
    buffer.add(Bytes.hex("0304"));
    buffer.take(3, reader);

    assertThat(reader.takeRest().toHex()).isEqualTo("010203");
    assertThat(buffer.peek(0)).isEqualTo(4);
  }

  @Test
  void whatIsKeptDoesNotSeeLaterChangesOfTheChunk() {
    byte[] chunk = {1, 2, 3};
    buffer.add(Bytes.wrap(chunk));
    buffer.skip(1);
    buffer.keep();
    Arrays.fill(chunk, (byte) 0x55);
    buffer.take(2, reader);

    assertThat(reader.takeRest().toHex()).isEqualTo("0203");
  }

  @Test
  void nothingIsWrittenToABorrowedChunk() {
    byte[] large = new byte[100];
    buffer.add(Bytes.wrap(large, 0, 10));
    buffer.add(Bytes.hex("ffff"));

    assertThat(large).containsOnly(0);
    assertThat(buffer.readable()).isEqualTo(12);
    assertThat(buffer.peek(11)).isEqualTo(0xff);
  }

  @Test
  void growsNoLargerThanTheFrameThatIsAwaited() {
    for (int piece = 0; piece < 11; piece++) {
      buffer.add(Bytes.wrap(new byte[1000]));
      buffer.awaits(11_000);
      buffer.keep();
    }
    assertThat(buffer.heldBytes()).isEqualTo(11_000);
    buffer.skip(11_000);
    buffer.add(Bytes.wrap(new byte[1000]));
    buffer.keep();
    buffer.add(Bytes.wrap(new byte[1])); // of a frame of which nothing is known
    assertThat(buffer.heldBytes()).isEqualTo(2000);
  }

  @Test
  void aLargeFrameIsHeldInPiecesUntilItIsWhole() {
    byte[] stream = new byte[1_000_000];
    new Random(1).nextBytes(stream);
    int frame = 900_000;
    int chunk = 50_000;
    for (int at = 0; at < stream.length; at += chunk) {
      buffer.add(Bytes.wrap(stream, at, chunk));
      if (buffer.readable() < frame) {
        buffer.awaits(frame);
        buffer.keep();
        assertThat(buffer.heapBytes())
            .isEqualTo(buffer.heldBytes())
            .isBetween((long) buffer.readable(), buffer.readable() + 32 * 1024L);
        assertThat(buffer.peek(at)).isEqualTo(stream[at] & 0xff);
        assertThat(buffer.peek(at + chunk - 1)).isEqualTo(stream[at + chunk - 1] & 0xff);
      }
    }
    buffer.skip(1);
    assertThat(taken(frame - 1)).as("an array of its own").hasSize(frame - 1);
    assertThat(reader.takeRest()).isEqualTo(Bytes.wrap(stream, 1, frame - 1));

    buffer.take(100_000, reader);
    assertThat(reader.takeRest()).isEqualTo(Bytes.wrap(stream, frame, 100_000));
    buffer.keep();
    assertThat(buffer.heldBytes()).isZero();
  }

  @Test
  void ofAChunkOnlyTheEndOfTheAwaitedFrameIsCopied() {
    buffer.add(Bytes.hex("0102"));
    buffer.awaits(4);
    buffer.keep();
    byte[] chunk = {3, 4, 5, 6, 7};
    buffer.add(Bytes.wrap(chunk));
    assertThat(buffer.readable()).isEqualTo(7);
    assertThat(buffer.peek(6)).isEqualTo(7);
    assertThat(buffer.heldBytes()).isEqualTo(64);

    buffer.take(4, reader);
    assertThat(buffer.heldBytes()).isZero();
    assertThat(reader.takeRest().toHex()).isEqualTo("01020304");
    assertThat(taken(2)).isSameAs(chunk);
    buffer.keep();
    assertThat(buffer.peek(0)).isEqualTo(7);
    assertThat(buffer.heldBytes()).isEqualTo(64);
  }

  @Test
  void whatIsBehindTheAwaitedFrameCanBeKeptWithIt() {
    buffer.add(Bytes.hex("0102"));
    buffer.awaits(3);
    byte[] chunk = {3, 4, 5};
    buffer.add(Bytes.wrap(chunk));
    buffer.keep();
    Arrays.fill(chunk, (byte) 0x55);
    buffer.add(Bytes.hex("06"));
    buffer.take(6, reader);

    assertThat(reader.takeRest().toHex()).isEqualTo("010203040506");
  }

  @Test
  void aPartOfALargeFrameCanBeTaken() {
    buffer.add(Bytes.hex("01"));
    buffer.awaits(1_000_000);
    buffer.add(Bytes.hex("0203"));
    buffer.take(2, reader);

    assertThat(reader.takeRest().toHex()).isEqualTo("0102");
    assertThat(buffer.peek(0)).isEqualTo(3);
  }

  private byte[] taken(int length) {
    buffer.take(length, reader);
    return reader.array();
  }

  /** As of a client that has to wait, and hangs up: all that the kernel had of it comes. */
  @Test
  void aLargeBacklogOfSmallFramesIsHeldInPieces() {
    byte[] all = new byte[1_000_000];
    new Random(1).nextBytes(all);
    for (int at = 0; at < all.length; at += 50_000) {
      buffer.add(Bytes.wrap(all, at, 50_000));
      buffer.keep();
      assertThat(buffer.heldBytes()).isLessThan(at + 50_000 + 128 * 1024);
    }
    for (int at = 0; at < all.length; at += 1000) {
      assertThat(buffer.peek(0)).isEqualTo(all[at] & 0xff);
      buffer.take(1000, reader);
      assertThat(reader.takeRest()).isEqualTo(Bytes.wrap(all, at, 1000));
      int left = all.length - at - 1000;
      assertThat(buffer.readable()).isEqualTo(left);
      assertThat(buffer.heldBytes()).isLessThan(left + 256 * 1024);
    }
    buffer.keep();
    assertThat(buffer.heldBytes()).isZero();
  }

  @Property(tries = 100)
  void anyCutOfLargeFramesGivesThem(@ForAll long seed) {
    Random random = new Random(seed);
    byte[] stream = new byte[1_500_000];
    random.nextBytes(stream);
    int largestFrame = random.nextBoolean() ? 3000 : 400_000;
    int largestChunk = random.nextBoolean() ? 70_000 : 300_000;
    int added = 0;
    int taken = 0;
    while (taken < stream.length) {
      int frame = Math.min(1 + random.nextInt(largestFrame), stream.length - taken);
      while (buffer.readable() < frame || (added < stream.length && random.nextInt(3) == 0)) {
        if (buffer.readable() > 0 && buffer.readable() < frame && random.nextBoolean()) {
          buffer.awaits(frame);
        }
        int chunk = Math.min(1 + random.nextInt(largestChunk), stream.length - added);
        byte[] bytes = Arrays.copyOfRange(stream, added, added + chunk);
        buffer.add(Bytes.wrap(bytes));
        added += chunk;
        assertThat(buffer.peek(buffer.readable() - 1)).isEqualTo(stream[added - 1] & 0xff);
        if (random.nextInt(4) > 0) {
          buffer.keep();
          Arrays.fill(bytes, (byte) 0x55);
        }
      }
      int header = random.nextInt(Math.min(frame, 5));
      buffer.skip(header);
      buffer.take(frame - header, reader);
      assertThat(reader.takeRest()).isEqualTo(Bytes.wrap(stream, taken + header, frame - header));
      taken += frame;
      assertThat(buffer.readable()).isEqualTo(added - taken);
    }
    buffer.keep();
    assertThat(buffer.heldBytes()).isZero();
  }

  @Test
  void whatWasTakenStaysWhenMoreIsTakenFromThePieces() {
    byte[] all = new byte[400_000];
    new Random(2).nextBytes(all);
    buffer.add(Bytes.wrap(all));
    buffer.add(Bytes.wrap(all));
    List<Bytes> taken = new ArrayList<>();
    for (int i = 0; i < 800; i++) {
      buffer.take(1000, reader);
      taken.add(reader.takeRest());
    }
    for (int i = 0; i < 800; i++) {
      assertThat(taken.get(i)).isEqualTo(Bytes.wrap(all, i % 400 * 1000, 1000));
    }
  }

  @Test
  void holdsNoMemoryOnceEmpty() {
    buffer.add(Bytes.wrap(new byte[1000]));
    buffer.keep();
    assertThat(buffer.heldBytes()).isEqualTo(1000);

    buffer.skip(1000);
    buffer.keep();

    assertThat(buffer.heldBytes()).isZero();
    assertThat(buffer.readable()).isZero();
  }

  @Test
  void letsGoOfALargeArrayAlthoughALittleIsLeft() {
    buffer.add(Bytes.wrap(new byte[1_000_000]));
    buffer.keep();
    buffer.skip(999_990);
    buffer.keep();

    assertThat(buffer.readable()).isEqualTo(10);
    assertThat(buffer.heldBytes()).isEqualTo(64);
  }

  @Test
  void refusesToTakeMoreThanThereIsAndStaysAsItWas() {
    buffer.add(Bytes.hex("0102"));

    assertThatThrownBy(() -> buffer.take(3, reader)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> buffer.take(-1, reader)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> buffer.peek(2)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> buffer.peek(-1)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThat(reader.remaining()).isZero();
    assertThat(buffer.readable()).isEqualTo(2);
    assertThat(buffer.peek(1)).isEqualTo(2);
  }

  @Test
  void aBacklogThatMovesOnSlowlyIsNotMovedForEachByte() {
    buffer.add(Bytes.wrap(new byte[64 * 1024]));
    buffer.keep();
    int moves = 0;
    for (int i = 0; i < 10_000; i++) {
      buffer.take(1, reader);
      int before = reader.position();
      buffer.add(Bytes.hex("00"));
      buffer.take(1, reader);
      moves += reader.position() == before + 1 ? 0 : 1;
      buffer.add(Bytes.hex("00"));
    }

    assertThat(moves).isLessThan(3);
    assertThat(buffer.readable()).isEqualTo(64 * 1024);
  }

  @Property
  void anyCutGivesTheSameFrames(
      @ForAll @Size(max = 30) List<@IntRange(max = 200) Integer> lengths, @ForAll long seed) {
    Random random = new Random(seed);
    List<Bytes> frames = new ArrayList<>();
    Outbox stream = new Outbox(new BufferPool());
    for (int length : lengths) {
      byte[] content = new byte[length];
      random.nextBytes(content);
      frames.add(Bytes.wrap(content));
      stream.u8(length);
      stream.copy(content, 0, length);
    }

    List<Bytes> found = parseInChunks(CollectingSink.drain(stream), random);

    assertThat(found).isEqualTo(frames);
    assertThat(buffer.readable()).isZero();
    assertThat(buffer.heldBytes()).isZero();
  }

  /** Hands the stream over in random chunks, each overwritten with garbage after it was kept. */
  private List<Bytes> parseInChunks(byte[] stream, Random random) {
    List<Bytes> found = new ArrayList<>();
    int largest = 1 + random.nextInt(random.nextBoolean() ? 4 : 500);
    int at = 0;
    while (at < stream.length) {
      List<byte[]> chunks = new ArrayList<>();
      do { // several chunks may come before the engine is polled
        int length = Math.min(stream.length - at, 1 + random.nextInt(largest));
        byte[] chunk = Arrays.copyOfRange(stream, at, at + length);
        chunks.add(chunk);
        buffer.add(Bytes.wrap(chunk));
        at += length;
      } while (at < stream.length && random.nextInt(3) == 0);
      while (buffer.readable() > 0 && buffer.readable() > buffer.peek(0)) {
        int length = buffer.peek(0);
        buffer.skip(1);
        buffer.take(length, reader);
        found.add(reader.takeRest().copy());
      }
      if (buffer.readable() > 0 && random.nextBoolean()) {
        buffer.awaits(1 + buffer.peek(0));
      }
      buffer.keep();
      chunks.forEach(chunk -> Arrays.fill(chunk, (byte) 0x55));
      assertThat(buffer.heldBytes())
          .isLessThanOrEqualTo(buffer.readable() == 0 ? 0 : Math.max(64, 5 * buffer.readable()));
    }
    return found;
  }
}
