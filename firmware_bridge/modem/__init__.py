"""Alarms and answers by SMS: what a message says (pure), how one talks to a GSM modem (pure), and the serial port.

`texts`   what is sent to a duty number; what counts as its answer is `kiosk.core.sms_answer`
`gsm7`, `pdu`                   characters and frames of 3GPP TS 23.038 and 23.040
`dialogue`                      the talk with the modem, without ports or clocks; what it is made of, it names itself
`port`, `device`, `pin`, `power`   the adapters; how a site describes its modem is `kiosk.core.modem_settings`
`emulator`, `emulated_line`     the simulation's modem, which is also what the tests talk to

A modem's word proves little: `+CMGS` that the carrier took a message (E3), `+CDS` with status 0x00 that the phone has
it (E4), and only an SMS with the right code from a listed number that a person answered (E5).
"""
