"""What every HTTP server of the product does alike: errors, security headers, live streams, serving.

Shared by the kiosk, the central and the demo; knows nothing of tickets or alerts.
"""
