/**
 * Authenticated messages over TCP for Vert.x, on the wire of netaio: {@link
 * io.culvert.tcp.TcpServer}, {@link io.culvert.tcp.TcpClient}, and the verticle. See docs/tcp.md.
 */
@NullMarked
package io.culvert.tcp;

import org.jspecify.annotations.NullMarked;
