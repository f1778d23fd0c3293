package io.culvert.runtime.driver;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.Size;

class WebSocketFramesTest {
  @Example
  void acceptsAsTheStandardShows() {
    // RFC 6455 §1.3
    assertThat(WebSocketFrames.accept("dGhlIHNhbXBsZSBub25jZQ=="))
        .isEqualTo("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
  }

  @Property(tries = 300)
  void cutsChangeNothing(
      @ForAll("frames") List<byte[]> frames, @ForAll @Size(max = 20) List<Byte> cuts) {
    byte[] bytes = join(frames);
    assertThat(read(bytes, cuts)).isEqualTo(read(bytes, List.of()));
  }

  @Property(tries = 300)
  void garbageIsReadTheSameWhateverTheCuts(
      @ForAll byte[] garbage, @ForAll @Size(max = 20) List<Byte> cuts) {
    assertThat(read(garbage, cuts)).isEqualTo(read(garbage, List.of()));
  }

  @Property(tries = 200)
  void payloadOfBinaryFramesIsTheWholeContent(@ForAll("contents") List<byte[]> contents) {
    byte[] bytes = join(contents.stream().map(content -> frame(0x82, content)).toList());
    assertThat(read(bytes, List.of()))
        .isEqualTo(HexFormat.of().formatHex(join(contents)) + " log:");
  }

  @Provide
  Arbitrary<List<byte[]>> contents() {
    return Arbitraries.bytes().array(byte[].class).ofMaxSize(70_000).list().ofMaxSize(3);
  }

  @Provide
  Arbitrary<List<byte[]>> frames() {
    Arbitrary<Integer> first = Arbitraries.of(0x82, 0x02, 0x80, 0x00, 0x89, 0x8a);
    Arbitrary<byte[]> content = Arbitraries.bytes().array(byte[].class).ofMaxSize(300);
    return Combinators.combine(first, content)
        .as(
            (head, bytes) ->
                frame(head, head > 0x88 ? Arrays.copyOf(bytes, bytes.length % 126) : bytes))
        .list()
        .ofMaxSize(8);
  }

  private static byte[] frame(int first, byte[] content) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(first);
    if (content.length < 126) {
      out.write(0x80 | content.length);
    } else if (content.length < 65_536) {
      out.write(0xfe);
      out.write(content.length >> 8);
      out.write(content.length);
    } else {
      out.write(0xff);
      out.writeBytes(new byte[5]);
      out.write(content.length >> 16);
      out.write(content.length >> 8);
      out.write(content.length);
    }
    byte[] mask = {1, (byte) 0x80, 0x55, (byte) 0xff};
    out.writeBytes(mask);
    for (int i = 0; i < content.length; i++) {
      out.write(content[i] ^ mask[i & 3]);
    }
    return out.toByteArray();
  }

  private static byte[] join(List<byte[]> parts) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    parts.forEach(out::writeBytes);
    return out.toByteArray();
  }

  /** The payload in hexadecimal, and what else happened. */
  private static String read(byte[] bytes, List<Byte> cuts) {
    StringBuilder payload = new StringBuilder();
    StringBuilder log = new StringBuilder(" log:");
    WebSocketFrames frames = new WebSocketFrames();
    WebSocketFrames.Reader reader =
        new WebSocketFrames.Reader() {
          @Override
          public void payload(byte[] array, int start, int length) {
            payload.append(HexFormat.of().formatHex(array, start, start + length));
          }

          @Override
          public void ping(byte[] content) {
            log.append(" ping ").append(HexFormat.of().formatHex(content));
          }

          @Override
          public void closed(int code) {
            log.append(" closed ").append(code);
          }

          @Override
          public void refused(int code) {
            log.append(" refused ").append(code);
          }
        };
    byte[] lent = bytes.clone();
    int at = 0;
    for (byte cut : cuts) {
      int length = Math.min(cut & 0xff, lent.length - at);
      frames.read(lent, at, length, reader);
      at += length;
    }
    frames.read(lent, at, lent.length - at, reader);
    return payload.append(log).toString();
  }
}
