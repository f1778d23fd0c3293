package io.culvert.runtime.files;

import io.culvert.runtime.config.Problem;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A file in PEM that a setting names. Anything that is wrong with it becomes a {@link Problem}. */
final class PemFile {
  private static final Pattern KEY =
      Pattern.compile("-----BEGIN ([A-Z0-9 ]*)PRIVATE KEY-----(.*?)(-----END|\\z)", Pattern.DOTALL);

  private final String path;
  private final String name;
  private final List<Problem> problems;

  PemFile(String path, String name, List<Problem> problems) {
    this.path = path;
    this.name = name;
    this.problems = problems;
  }

  /** Its first certificate, or null where one cannot be read; blocks. */
  @Nullable X509Certificate certificate() {
    String text = text();
    if (text == null) {
      return null;
    }
    if (!text.contains("-----BEGIN CERTIFICATE-----")) {
      refuse("has no certificate in PEM: no line is -----BEGIN CERTIFICATE-----");
      return null;
    }
    try {
      byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
      return (X509Certificate)
          CertificateFactory.getInstance("X.509")
              .generateCertificates(new ByteArrayInputStream(bytes))
              .iterator()
              .next();
    } catch (CertificateException e) {
      refuse("has a certificate that is damaged or cut");
      return null;
    }
  }

  /**
   * Its key; blocks.
   *
   * @return null where it cannot be read, or has an older form than PKCS #8, which is for whoever
   *     loads it to look at
   */
  @Nullable PrivateKey key(PublicKey other) {
    String text = text();
    if (text == null) {
      return null;
    }
    Matcher found = KEY.matcher(text);
    if (!found.find()) {
      refuse("has no key in PEM: no line is -----BEGIN PRIVATE KEY-----");
      return null;
    }
    if (found.group(1).startsWith("ENCRYPTED") || found.group(2).contains("ENCRYPTED")) {
      refuse(
          "has a key with a passphrase; this prints one without: openssl pkcs8 -topk8 -nocrypt -in "
              + name);
      return null;
    }
    if (found.group(3).isEmpty()) {
      refuse("has a key that is cut");
      return null;
    }
    return found.group(1).isEmpty() ? key(found.group(2), other.getAlgorithm()) : null;
  }

  private @Nullable PrivateKey key(String base64, String algorithm) {
    try {
      return KeyFactory.getInstance(algorithm)
          .generatePrivate(new PKCS8EncodedKeySpec(Base64.getMimeDecoder().decode(base64)));
    } catch (InvalidKeySpecException | IllegalArgumentException e) {
      refuse("has a key that is damaged, or not of the kind of the certificate, " + algorithm);
      return null;
    } catch (GeneralSecurityException e) {
      return null; // no such kind of keys here: whoever loads it knows more
    }
  }

  /** Comments in it may have any encoding. */
  private @Nullable String text() {
    try {
      return Files.readString(Path.of(name), StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      refuse("cannot be read: " + e.getMessage());
      return null;
    }
  }

  /** Adds what is wrong. */
  void refuse(String message) {
    problems.add(new Problem(name, path, message));
  }
}
