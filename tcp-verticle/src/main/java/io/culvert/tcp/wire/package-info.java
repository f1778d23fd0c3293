/**
 * The frames of netaio's message service without I/O: header, authentication fields, body, message
 * types and dialects, the HMAC, and the {@link FrameEngine}. Nothing here knows a socket, clock,
 * thread, source of chance or logger. The bytes are described in docs/tcp-wire.md.
 */
@NullMarked
package io.culvert.tcp.wire;

import org.jspecify.annotations.NullMarked;
