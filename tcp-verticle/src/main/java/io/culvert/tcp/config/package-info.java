/** The settings of the root {@code tcp}. */
@NullMarked
package io.culvert.tcp.config;

import org.jspecify.annotations.NullMarked;
