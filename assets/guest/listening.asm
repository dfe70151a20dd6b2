; listening
; AL: the next byte from the serial line or the keyboard. Sleeps until there is one.
get:
        call    look_at_power
        call    poll
        jnz     .end
        sti
        hlt
        cli
        jmp     get
.end:
        ret

; AL and a zero flag that is clear when there is a byte.
poll:
        call    poll_keyboard           ; first: a BIOS may take bytes off the serial port and say that they were typed
        jnz     .end
        cmp     byte [has_serial], 0
        je      .nothing
        mov     dx, COM + 5
        in      al, dx
        test    al, 1
        jz      .nothing
        mov     dx, COM
        in      al, dx
        or      dx, dx                  ; never zero
.end:
        ret
.nothing:
        xor     ax, ax
        ret

%ifdef DISK
poll_keyboard:
        mov     ah, 0x01
        int     0x16
        cli
        jz      .nothing
        mov     ah, 0
        int     0x16
        cli
        test    al, al
        jz      .nothing
        cmp     al, 0xe0
        je      .nothing
        or      dx, 1
        ret
.nothing:
        xor     ax, ax
        ret
%else
poll_keyboard:
        movzx   bx, byte [key_tail]
        cmp     bl, [key_head]
        je      .nothing
        mov     al, [keys + bx]
        inc     bl
        and     bl, 31
        mov     [key_tail], bl
        or      bx, 0x100
        ret
.nothing:
        xor     ax, ax
        ret
%endif

init_serial:
        mov     dx, COM + 7             ; a register that only remembers: there is a port if it does
        mov     al, 0x5a
        out     dx, al
        in      al, dx
        cmp     al, 0x5a
        jne     .end
        mov     byte [has_serial], 1
        mov     dx, COM + 3
        mov     al, 0x80
        out     dx, al
        mov     dx, COM
        mov     al, 1                   ; 115200
        out     dx, al
        inc     dx
        xor     al, al
        out     dx, al
        mov     dx, COM + 3
        mov     al, 3                   ; 8 bits, no parity
        out     dx, al
        mov     dx, COM + 2
        mov     al, 7                   ; its buffers, emptied
        out     dx, al
        mov     dx, COM + 4
        mov     al, 0x0b
        out     dx, al
        mov     dx, COM + 1
        mov     al, 1                   ; interrupt when a byte is there
        out     dx, al
        mov     word [0x0c * 4], ignore_irq
        mov     word [0x0c * 4 + 2], cs
        in      al, 0x21
        and     al, 0xef
        out     0x21, al
.end:
        ret

ignore_irq:
        push    ax
        mov     al, 0x20
        out     0x20, al
        pop     ax
        iret

ignore_slave_irq:
        push    ax
        mov     al, 0x20
        out     0xa0, al
        out     0x20, al
        pop     ax
        iret
