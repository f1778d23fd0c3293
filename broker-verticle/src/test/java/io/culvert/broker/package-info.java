/** Tests of the broker as a verticle. */
@NullMarked
package io.culvert.broker;

import org.jspecify.annotations.NullMarked;
