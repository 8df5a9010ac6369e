"""What every route of the API shares: who asks, what may be sent, what is answered, and when it was answered before."""
