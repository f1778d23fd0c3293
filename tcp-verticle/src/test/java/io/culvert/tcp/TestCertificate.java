package io.culvert.tcp;

import io.culvert.engine.testkit.SelfSigned;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import java.nio.file.Path;

/** A certificate as Vert.x wants it. */
record TestCertificate(SelfSigned files) {
  static TestCertificate make(Path folder, String name) throws Exception {
    return new TestCertificate(SelfSigned.write(folder, name, name));
  }

  String certificate() {
    return files.certificate().toString();
  }

  String key() {
    return files.key().toString();
  }

  PemKeyCertOptions pair() {
    return new PemKeyCertOptions().addCertPath(certificate()).addKeyPath(key());
  }

  PemTrustOptions trust() {
    return new PemTrustOptions().addCertPath(certificate());
  }
}
