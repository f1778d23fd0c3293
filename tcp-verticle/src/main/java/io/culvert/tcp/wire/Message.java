package io.culvert.tcp.wire;

import io.culvert.engine.Bytes;

/**
 * One message. Its bytes never change. URI and content are any bytes; texts are written in UTF-8.
 *
 * @param auth what a plug-in has added or will look at
 */
public record Message(MessageType type, Bytes uri, Bytes content, AuthFields auth) {
  /** The URI of error replies. */
  public static final Bytes ERROR_URI = Bytes.utf8("ERROR");

  public static Message of(MessageType type, Bytes uri, Bytes content) {
    return new Message(type, uri, content, AuthFields.NONE);
  }

  public static Message of(MessageType type, Bytes uri, String content) {
    return of(type, uri, Bytes.utf8(content));
  }

  public static Message of(MessageType type, String uri, String content) {
    return of(type, Bytes.utf8(uri), Bytes.utf8(content));
  }

  /** Without content. */
  public static Message of(MessageType type, String uri) {
    return of(type, Bytes.utf8(uri), Bytes.EMPTY);
  }

  /** An answer to this one: the same URI. */
  public Message reply(MessageType answer, Bytes withContent) {
    return of(answer, uri, withContent);
  }

  /** An answer to this one: the same URI. */
  public Message reply(MessageType answer, String withContent) {
    return of(answer, uri, withContent);
  }

  public Message withAuth(AuthFields fields) {
    return new Message(type, uri, content, fields);
  }

  public Message withUri(Bytes other) {
    return new Message(type, other, content, auth);
  }

  /** Without content, which is nobody's business in a log. */
  @Override
  public String toString() {
    return "%s[uri %s, %d bytes]".formatted(type, uri, content.length());
  }
}
