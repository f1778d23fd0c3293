package io.culvert.conformance.peer;

/** How a client connects: the one choice that MQTT 3.1.1 and 5.0 share. */
public enum SessionKind {
  /** Clean start, and the session ends with the connection. */
  CLEAN,
  /** Resumes a session if there is one, and it outlives the connection. */
  DURABLE
}
