package io.culvert.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.engine.Bytes;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Nonces are new, and their maker knows them. */
class NoncesTest {
  @Test
  void noncesAreNewAndKnownAgain() {
    Nonces own = new Nonces(true);
    Nonces other = new Nonces(true);
    Nonces forgetful = new Nonces(false);
    Set<Bytes> seen = new HashSet<>();
    for (int i = 0; i < 10_000; i++) {
      Bytes nonce = own.next();
      assertThat(nonce.length()).isEqualTo(16);
      assertThat(seen.add(nonce)).isTrue();
      assertThat(own.isOwn(nonce)).isTrue();
      assertThat(other.isOwn(nonce)).isFalse();
      assertThat(forgetful.isOwn(forgetful.next())).isFalse();
    }
  }
}
