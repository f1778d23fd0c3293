/** A device to try things out with. */
@NullMarked
package io.culvert.rpc.demo;

import org.jspecify.annotations.NullMarked;
