package io.jrados.mon;

import static org.assertj.core.api.Assertions.assertThat;

import io.jrados.mon.Subscriptions.Want;
import io.jrados.testkit.Covers;
import java.util.Map;
import org.junit.jupiter.api.Test;

@Covers("C07")
class SubscriptionsTest {
    private final Subscriptions subscriptions = new Subscriptions();

    @Test
    void asksForTheSameOnlyOnce() {
        assertThat(subscriptions.want("osdmap", 5, true)).isTrue();
        assertThat(subscriptions.want("osdmap", 5, true)).isFalse();
        assertThat(subscriptions.renew()).isEqualTo(Map.of("osdmap", new Want(5, true)));
        assertThat(subscriptions.want("osdmap", 5, true)).isFalse();
        assertThat(subscriptions.renew()).isEmpty();
        assertThat(subscriptions.want("osdmap", 6, true)).isTrue();
    }

    @Test
    void asksAnotherMonitorFromTheNextVersionOn() {
        subscriptions.want("monmap", 0, false);
        subscriptions.renew();
        subscriptions.got("monmap", 3);
        assertThat(subscriptions.renew()).isEmpty();
        subscriptions.forgetAsked();
        assertThat(subscriptions.renew()).isEqualTo(Map.of("monmap", new Want(4, false)));
    }

    @Test
    void forgetsWhatWasWantedOnceAndCame() {
        subscriptions.want("osdmap", 5, true);
        subscriptions.renew();
        subscriptions.got("osdmap", 4);
        subscriptions.forgetAsked();
        assertThat(subscriptions.renew()).hasSize(1);
        subscriptions.got("osdmap", 5);
        subscriptions.forgetAsked();
        assertThat(subscriptions.renew()).isEmpty();
    }

    @Test
    void prefersTheNewerWishToWhatWasAskedBefore() {
        subscriptions.want("osdmap", 5, true);
        subscriptions.renew();
        subscriptions.want("osdmap", 0, true);
        subscriptions.forgetAsked();
        assertThat(subscriptions.renew()).isEqualTo(Map.of("osdmap", new Want(0, true)));
    }
}
