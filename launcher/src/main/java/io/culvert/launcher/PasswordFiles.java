package io.culvert.launcher;

import io.culvert.broker.auth.PasswordHash;
import io.culvert.broker.config.PasswordFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.SecureRandom;
import java.util.List;

/** Makes and writes what {@code auth.password-file} names. */
final class PasswordFiles {
  /** Without characters that look alike. */
  private static final String ALPHABET = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";

  /** More than 110 bits. */
  private static final int PASSWORD_LENGTH = 20;

  private static final SecureRandom RANDOM = new SecureRandom();

  private PasswordFiles() {}

  /** A password that nobody guesses. */
  static String newPassword() {
    StringBuilder password = new StringBuilder(PASSWORD_LENGTH);
    for (int i = 0; i < PASSWORD_LENGTH; i++) {
      password.append(ALPHABET.charAt(RANDOM.nextInt(ALPHABET.length())));
    }
    return password.toString();
  }

  /** The line of a user with a new salt. Takes as long as the iterations make it. */
  static String line(String user, String password, int iterations) {
    byte[] salt = new byte[PasswordHash.SALT_BYTES];
    RANDOM.nextBytes(salt);
    return PasswordFile.line(
        user, PasswordHash.of(password.getBytes(StandardCharsets.UTF_8), salt, iterations));
  }

  /** Replaces the file as a whole, readable by its owner only: nobody ever sees half of it. */
  static void write(Path file, List<String> lines) throws IOException {
    Path folder = file.toAbsolutePath().getParent();
    Path written =
        Files.createTempFile(folder, "passwords", ".new", OwnerOnly.attributes("rw-------"));
    try {
      Files.write(written, lines, StandardCharsets.UTF_8);
      Files.move(
          written, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(written);
    }
  }
}
