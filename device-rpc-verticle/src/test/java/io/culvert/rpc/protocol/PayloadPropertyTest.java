package io.culvert.rpc.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.culvert.engine.Bytes;
import io.culvert.rpc.protocol.LinkFormat.Link;
import io.culvert.rpc.protocol.Payload.Request;
import io.culvert.rpc.protocol.Payload.Response;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.From;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

/** What is written is read as the same, and garbage is refused in one way. */
class PayloadPropertyTest {
  private static final PayloadCodec CODEC = PayloadCodec.DEFAULT;

  @Property(tries = 200)
  void requestIsReadAsItWasWritten(
      @ForAll long seed,
      @ForAll Method method,
      @ForAll String path,
      @ForAll long id,
      @ForAll long millis) {
    Request request =
        new Request(
            Header.of(RequestId.of(new UUID(id, ~id)), path).withSource(path).withToken("t"),
            method,
            body(new Random(seed), 4),
            Timestamp.ofMillis(millis));
    assertThat(CODEC.decode(CODEC.encode(request))).isEqualTo(request);
  }

  @Property(tries = 200)
  void garbageIsRefusedInOneWay(@ForAll byte[] garbage) {
    try {
      CODEC.decode(Bytes.wrap(garbage));
    } catch (PayloadViolation e) {
      assertThat(e.detail()).isNotEmpty();
    }
  }

  /** Every byte of a good payload, replaced. */
  @Property(tries = 200)
  void damageIsRefusedInOneWay(@ForAll @IntRange(max = 160) int at, @ForAll byte value) {
    byte[] payload =
        CODEC
            .encode(
                new Response(
                    Header.of(new RequestId(Vectors.ID), "p").withOptions(RpcOptions.NONE),
                    205,
                    List.of("a", Map.of("b", 1.5)),
                    Timestamp.ofMillis(1)))
            .toByteArray();
    payload[at % payload.length] = value;
    try {
      CODEC.decode(Bytes.wrap(payload));
    } catch (PayloadViolation e) {
      assertThat(e.code()).isBetween(400, 413);
    }
  }

  @Property(tries = 200)
  void optionsAreReadAsTheyWereWritten(
      @ForAll @Size(max = 3) List<@Size(max = 8) byte[]> etags,
      @ForAll @IntRange(max = (1 << 24) - 1) int observe,
      @ForAll @IntRange(max = Block.MAXIMUM_NUMBER) int block,
      @ForAll @IntRange(min = 16, max = 262_144) int size,
      @ForAll Map<String, String> query) {
    List<ETag> names = etags.stream().map(bytes -> new ETag(Bytes.wrap(bytes))).toList();
    RpcOptions options =
        RpcOptions.NONE
            .withEtags(names)
            .withIfMatch(names)
            .withIfNoneMatch(true)
            .withObserve(observe)
            .withBlock1(new Block(block, true, size))
            .withBlock2(new Block(0, false, size))
            .withQuery(query.size() > 64 ? Map.of() : query)
            .withMaxAgeSeconds(0xffff_ffffL)
            .withAccept(List.of(0, 50))
            .withContentFormat(50)
            .withSize1(1L)
            .withSize2(2L)
            .withNoResponse(26)
            .withRequestTag("tag")
            .withEcho("echo")
            .withExpiresMillis(5000L)
            .withLeaseSeconds(60L)
            .withReplyTo("gf_int_v1/reply/me")
            .withHopLimit(16);
    Request request =
        new Request(
            Header.of(new RequestId(Vectors.ID), "p").withOptions(options),
            Method.GET,
            null,
            Timestamp.ofMillis(1));
    Request read = (Request) CODEC.decode(CODEC.encode(request));
    assertThat(read.header().options()).isEqualTo(options);
    assertThat(read.header().options().etags()).isEqualTo(names);
    assertThat(read.header().options().observe()).isEqualTo(observe);
    assertThat(read.header().options().block1()).isEqualTo(new Block(block, true, size));
  }

  @Property(tries = 200)
  void linksAreReadAsTheyWereWritten(
      @ForAll("names") String target, @ForAll Map<@From("names") String, String> attributes) {
    List<Link> links = List.of(new Link("/" + target, attributes), new Link("/b", Map.of()));
    assertThat(LinkFormat.parse(LinkFormat.write(links))).isEqualTo(links);
  }

  @Provide
  Arbitrary<String> names() {
    return Arbitraries.strings().alpha().numeric().ofMinLength(1).ofMaxLength(8);
  }

  @Property(tries = 200)
  void linksOfGarbageAreRefusedInOneWay(@ForAll String garbage) {
    try {
      LinkFormat.parse(garbage);
    } catch (PayloadViolation e) {
      assertThat(e.detail()).contains("list of links");
    }
  }

  @Test
  void optionsThatMakeNoSenseAreBadOptions() {
    for (Map<String, Object> options :
        List.<Map<String, Object>>of(
            Map.of("etag", "no base64!"),
            Map.of("etag", List.of(1)),
            Map.of("if_match", "AAAAAAAAAAAAAAAA"),
            Map.of("observe", -1),
            Map.of("observe", 1 << 24),
            Map.of("observe", "0"),
            Map.of("block1", Map.of("num", 0)),
            Map.of("block2", Map.of("num", -1, "more", true, "size", 64)),
            Map.of("block2", Map.of("num", 0, "more", true, "size", 1)),
            Map.of("query", Map.of("a", 1)),
            Map.of("reply_to", "a/+"),
            Map.of("lease", 0),
            Map.of("!teleport", 1),
            Map.of("!etag", 1))) {
      Header header =
          Header.of(new RequestId(Vectors.ID), "p")
              .with(Header.VERSION, 2)
              .with(Header.OPTIONS, options);
      assertThatThrownBy(header::options)
          .describedAs(options.toString())
          .isInstanceOfSatisfying(
              PayloadViolation.class,
              e -> assertThat(e.responseCode()).isEqualTo(ResponseCode.BAD_OPTION));
    }
  }

  @Test
  void optionsOfWhoHasNotOptedInAreNobodysBusiness() {
    Header header = Header.of(new RequestId(Vectors.ID), "p").with(Header.OPTIONS, "anything");
    assertThat(header.options()).isEqualTo(RpcOptions.NONE);
    assertThat(header.with(Header.VERSION, "2").options()).isEqualTo(RpcOptions.NONE);
    assertThat(header.with(Header.VERSION, 1).options()).isEqualTo(RpcOptions.NONE);
  }

  @Test
  void unknownOptionsAreLeftOutAndKnownOnesMayBeMarkedAsCritical() {
    Header header =
        Header.of(new RequestId(Vectors.ID), "p")
            .with(Header.VERSION, 2)
            .with(Header.OPTIONS, Map.of("teleport", 1, "!observe", 0));
    assertThat(header.options()).isEqualTo(RpcOptions.NONE.withObserve(0));
  }

  @Test
  void suppressedClassesAreThoseOfTheirBits() {
    RpcOptions options = RpcOptions.NONE.withNoResponse(2 + 16);
    assertThat(List.of(205, 404, 500).stream().filter(options::suppresses))
        .containsExactly(205, 500);
  }

  @Test
  void depthAndSizeAreLimited() {
    String deep = "{\"timestamp\":1,\"body\":" + "[".repeat(127) + "]".repeat(127) + "}";
    assertThat(CODEC.decode(Bytes.utf8(deep))).isNotNull();
    String deeper = "{\"timestamp\":1,\"body\":" + "[".repeat(128) + "]".repeat(128) + "}";
    assertThatThrownBy(() -> CODEC.decode(Bytes.utf8(deeper)))
        .isInstanceOfSatisfying(
            PayloadViolation.class,
            e -> assertThat(e.responseCode()).isEqualTo(ResponseCode.REQUEST_ENTITY_TOO_LARGE));
    assertThatThrownBy(
            () -> CODEC.encode(new Payload.General("x".repeat(1 << 20), Timestamp.ofMillis(1))))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(
            () -> CODEC.decode(Bytes.utf8("{\"timestamp\":\"" + "1".repeat(5000) + "\"}")))
        .isInstanceOf(PayloadViolation.class);
    assertThatThrownBy(
            () -> CODEC.decode(Bytes.utf8("{\"timestamp\":1,\"body\":" + "1".repeat(5000) + "}")))
        .isInstanceOf(PayloadViolation.class);
    assertThatThrownBy(() -> CODEC.decode(Bytes.utf8("{\"timestamp\":1,\"body\":1e999}")))
        .isInstanceOf(PayloadViolation.class);
  }

  @Test
  void textThatIsNoUtf8OrNoUnicodeIsHandled() {
    assertThatThrownBy(() -> CODEC.decode(Bytes.hex("7bff7d")))
        .isInstanceOf(PayloadViolation.class);
    Payload lone = CODEC.decode(Bytes.utf8("{\"timestamp\":1,\"body\":\"a\\ud800\"}"));
    assertThat(CODEC.decode(CODEC.encode(lone))).isEqualTo(lone);
  }

  @Test
  void controllersOf32BitsGetTimestampsAsTextAndOldPeersMethodsAsNumbers() {
    PayloadCodec old =
        new PayloadCodec(PayloadRules.DEFAULT.withTextTimestamps(true).withIntegerMethods(true));
    Request request =
        new Request(
            Header.of(new RequestId(Vectors.ID), "p"),
            Method.PUT,
            null,
            Timestamp.ofMillis(1745534869619L));
    String text = new String(old.encode(request).toByteArray());
    assertThat(text).contains("\"timestamp\":\"1745534869619\"").contains("\"method\":3");
    assertThat(CODEC.decode(old.encode(request))).isEqualTo(request);
  }

  @Test
  void bodiesOfOtherTypesAreWrittenAsWhatTheyMean() {
    Object body =
        Arrays.asList((short) 1, (byte) 2, 1.5f, new byte[] {1, 2}, new BigDecimal("2.50"), null);
    Payload read = CODEC.decode(CODEC.encode(new Payload.General(body, Timestamp.ofMillis(1))));
    assertThat(read.body()).isEqualTo(Arrays.asList(1, 2, 1.5, "AQI=", 2.5, null));
    assertThatThrownBy(() -> CODEC.encode(new Payload.General(new Object(), Timestamp.ofMillis(1))))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> CODEC.encode(new Payload.General(Map.of(1, 2), Timestamp.ofMillis(1))))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void linksAreFilteredByOneQuery() {
    List<Link> links =
        LinkFormat.parse(
            "</gains>;rt=\"gf.gains temp\";if=\"core.p\";ct=50;obs,</level>;rt=\"gf.level\"");
    assertThat(links).hasSize(2);
    assertThat(links.get(0).attributes())
        .containsEntry("ct", "50")
        .containsEntry("obs", "")
        .containsEntry("rt", "gf.gains temp");
    assertThat(filtered(links, "rt", "gf.*")).containsExactly("/gains", "/level");
    assertThat(filtered(links, "rt", "temp")).containsExactly("/gains");
    assertThat(filtered(links, "rt", "gf.level")).containsExactly("/level");
    assertThat(filtered(links, "href", "/g*")).containsExactly("/gains");
    assertThat(filtered(links, "if", "core.s")).isEmpty();
    assertThat(filtered(links, "obs", "")).containsExactly("/gains");
    for (String bad : List.of("<", "</a", "</a>,", "</a>;", "</a>;=1", "</a>;b=\"", "a", "<>")) {
      assertThatThrownBy(() -> LinkFormat.parse(bad))
          .describedAs(bad)
          .isInstanceOf(PayloadViolation.class);
    }
  }

  /** Any value that JSON has a form for, with so many levels at most. */
  private static Object body(Random random, int levels) {
    switch (random.nextInt(levels == 0 ? 7 : 9)) {
      case 0:
        return null;
      case 1:
        return random.nextBoolean();
      case 2:
        return random.nextInt();
      case 3:
        return random.nextLong() | 1L << 40;
      case 4:
        return BigInteger.ONE.shiftLeft(64 + random.nextInt(100)).negate();
      case 5:
        return random.nextGaussian() * Math.pow(10, random.nextInt(600) - 300);
      case 6:
        return random
            .ints(random.nextInt(10), 0, 0x3000)
            .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
            .toString();
      case 7:
        List<Object> items = new ArrayList<>();
        for (int i = random.nextInt(4); i > 0; i--) {
          items.add(body(random, levels - 1));
        }
        return items;
      default:
        Map<String, Object> members = new HashMap<>();
        for (int i = random.nextInt(4); i > 0; i--) {
          members.put("m" + random.nextInt(), body(random, levels - 1));
        }
        return members;
    }
  }

  private static List<String> filtered(List<Link> links, String name, String value) {
    return LinkFormat.filter(links, Map.of(name, value)).stream().map(Link::target).toList();
  }
}
