/** The example server that docs/tcp.md explains line by line. */
@NullMarked
package io.culvert.tcp.demo;

import org.jspecify.annotations.NullMarked;
