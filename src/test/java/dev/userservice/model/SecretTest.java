package dev.userservice.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import org.junit.jupiter.api.Test;

final class SecretTest {

    private final Secret secret = new Secret("svc-token-0123456789");

    @Test
    void showsItsValueOnlyWhenAsked() {
        assertEquals("token: ***", "token: " + secret);
        assertEquals("svc-token-0123456789", secret.reveal());
    }

    @Test
    void equalsAnotherOfTheSameValueOnly() {
        assertEquals(new Secret("svc-token-0123456789"), secret);
        assertEquals(new Secret("svc-token-0123456789").hashCode(), secret.hashCode());
        assertNotEquals(new Secret("svc-token-012345678X"), secret);
        assertNotEquals((Object) "svc-token-0123456789", secret);
    }
}
