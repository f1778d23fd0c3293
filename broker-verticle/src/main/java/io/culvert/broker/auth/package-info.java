/** Who may connect: users and passwords. */
@NullMarked
package io.culvert.broker.auth;

import org.jspecify.annotations.NullMarked;
