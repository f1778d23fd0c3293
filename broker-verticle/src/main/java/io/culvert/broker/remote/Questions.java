package io.culvert.broker.remote;

import io.culvert.broker.auth.LoginRequest;
import io.culvert.engine.Bytes;
import io.culvert.runtime.driver.Peer;
import io.vertx.core.json.JsonObject;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** A client as JSON, for those who are asked about it. Holds its password: never for a log. */
final class Questions {
  private Questions() {}

  static JsonObject about(LoginRequest request) {
    JsonObject question =
        new JsonObject()
            .put("client-id", request.clientId())
            .put("mqtt-version", version(request))
            .put("transport", request.peer().transport());
    SocketAddress remote = request.peer().remote();
    if (remote != null) {
      question.put("remote-address", Peer.text(remote));
    }
    if (request.userName() != null) {
      question.put("user-name", request.userName());
    }
    if (request.certificateUser() != null) {
      question.put("certificate-user", request.certificateUser());
    }
    Bytes password = request.password();
    if (password != null) {
      putPassword(question, password.toByteArray());
    }
    return question;
  }

  private static void putPassword(JsonObject question, byte[] password) {
    try {
      String text =
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(password)).toString();
      question.put("password", text);
    } catch (CharacterCodingException e) {
      question.put("password-base64", Base64.getEncoder().encodeToString(password));
    }
  }

  private static String version(LoginRequest request) {
    return switch (request.version()) {
      case MQTT_3_1 -> "3.1";
      case MQTT_3_1_1 -> "3.1.1";
      case MQTT_5 -> "5.0";
    };
  }
}
