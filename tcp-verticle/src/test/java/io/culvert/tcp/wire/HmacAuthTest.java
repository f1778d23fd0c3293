package io.culvert.tcp.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.culvert.engine.Bytes;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a signed message must be like, beyond the vectors. */
class HmacAuthTest {
  private static final Bytes OLD = Bytes.utf8("the secret of yesterday");
  private static final Bytes NEW = Bytes.utf8("the secret of tomorrow");
  private static final Bytes OTHER = Bytes.utf8("the secret of strangers");
  private static final Message ECHO = Message.of(MessageType.REQUEST_URI, "echo", "hello");

  private long nowSeconds = 1_740_200_000L;
  private int lastNonce;

  @ParameterizedTest
  @EnumSource(Dialect.class)
  void olderSecretIsTakenUntilItEnds(Dialect dialect) {
    HmacAuth server = auth(dialect, new Secrets(NEW, List.of(older(OLD, nowSeconds + 60))), null);
    assertThat(check(dialect, server, signed(dialect, NEW))).isEqualTo(Verdict.VALID);
    assertThat(check(dialect, server, signed(dialect, OLD))).isEqualTo(Verdict.VALID);
    assertThat(check(dialect, server, signed(dialect, OTHER))).isEqualTo(Verdict.INVALID);
    nowSeconds += 59;
    assertThat(check(dialect, server, signed(dialect, OLD))).isEqualTo(Verdict.VALID);
    nowSeconds += 1;
    assertThat(check(dialect, server, signed(dialect, OLD))).isEqualTo(Verdict.INVALID);
    assertThat(check(dialect, server, signed(dialect, NEW))).isEqualTo(Verdict.VALID);
  }

  @ParameterizedTest
  @EnumSource(Dialect.class)
  void secretsChangeInMidStream(Dialect dialect) {
    HmacAuth server = auth(dialect, Secrets.of(OLD), null);
    assertThat(check(dialect, server, signed(dialect, OLD))).isEqualTo(Verdict.VALID);
    server.secrets(Secrets.of(NEW));
    assertThat(check(dialect, server, signed(dialect, OLD))).isEqualTo(Verdict.INVALID);
    assertThat(check(dialect, server, signed(dialect, NEW))).isEqualTo(Verdict.VALID);
    HmacAuth client = auth(dialect, Secrets.of(NEW), null);
    assertThat(check(dialect, client, server.make(ECHO, body(dialect, ECHO))))
        .isEqualTo(Verdict.VALID);
  }

  @ParameterizedTest
  @EnumSource(
      value = Dialect.class,
      names = {"N008_P03", "N009_P03"})
  void timesBeginAnewIn2106(Dialect dialect) {
    nowSeconds = (1L << 32) - 2;
    HmacAuth server = auth(dialect, Secrets.of(NEW), new Freshness(30, 100));
    for (int i = 0; i < 5; i++) {
      assertThat(check(dialect, server, signed(dialect, NEW))).isEqualTo(Verdict.VALID);
      nowSeconds++;
    }
    Message before = signed(dialect, NEW);
    nowSeconds += 31;
    assertThat(check(dialect, server, before)).isEqualTo(Verdict.STALE);
  }

  @Test
  void timeOutsideOfTheWindowCostsNoHmac() {
    Dialect dialect = Dialect.N009_P03;
    HmacAuth server = auth(dialect, Secrets.of(NEW), new Freshness(30, 100));
    Message old = signed(dialect, NEW);
    nowSeconds += 31;
    assertThat(check(dialect, server, old)).isEqualTo(Verdict.STALE);
    assertThat(check(dialect, server, ECHO)).isEqualTo(Verdict.INVALID);
    assertThat(server.computed()).isZero();
  }

  @Test
  void whatWasSignedBeforeTheStartIsRefused() {
    Dialect dialect = Dialect.N009_P03;
    Message recorded = signed(dialect, NEW);
    nowSeconds += 1;
    HmacAuth restarted = auth(dialect, Secrets.of(NEW), new Freshness(30, 100, nowSeconds));
    assertThat(check(dialect, restarted, recorded)).isEqualTo(Verdict.STALE);
    assertThat(check(dialect, restarted, signed(dialect, NEW))).isEqualTo(Verdict.VALID);
  }

  @Test
  void secretsAreNotShownAndFewAreTaken() {
    assertThat(new Secrets(NEW, List.of(older(OLD, 1))).toString())
        .isEqualTo("Secrets[1 and 1 older]");
    assertThat(older(OLD, 1)).hasToString("Older[until 1]");
    assertThatThrownBy(() -> new Secrets(NEW, Collections.nCopies(4, older(OLD, 1))))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static Secrets.Older older(Bytes secret, long untilSeconds) {
    return new Secrets.Older(secret, untilSeconds);
  }

  private Message signed(Dialect dialect, Bytes secret) {
    return auth(dialect, Secrets.of(secret), null).make(ECHO, body(dialect, ECHO));
  }

  private static Verdict check(Dialect dialect, HmacAuth auth, Message message) {
    return auth.check(message, body(dialect, message));
  }

  private HmacAuth auth(Dialect dialect, Secrets secrets, Freshness freshness) {
    return new HmacAuth(
        secrets,
        dialect,
        () -> Bytes.hex("%032x".formatted(++lastNonce)),
        () -> nowSeconds,
        freshness);
  }

  private static Bytes body(Dialect dialect, Message message) {
    return MessageCodec.of(dialect).body(message);
  }
}
