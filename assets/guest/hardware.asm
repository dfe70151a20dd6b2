; what a BIOS would have done
init_vectors:
        xor     di, di
        mov     cx, 256
.next:
        mov     ax, ignore
        stosw
        mov     ax, cs
        stosw
        loop    .next
        mov     word [0x08 * 4], ignore_irq
        mov     word [0x09 * 4], keyboard_irq
        ret
ignore:
        iret

; Sizes every base address register on the first bus: all ones, read back, the old value put back where something was read.
init_pci:
        mov     di, 0x8000
.device:
        mov     al, 0
        call    read_pci
        inc     ax
        jz      .absent
        mov     bl, 0x10
.register:
        mov     al, bl
        call    read_pci
        mov     esi, eax
        mov     eax, -1
        out     dx, eax
        in      eax, dx
        test    eax, eax
        jz      .empty
        mov     eax, esi
        out     dx, eax
.empty:
        add     bl, 4
        cmp     bl, 0x28
        jb      .register
.absent:
        add     di, 8
        cmp     di, 0x8000 + 256 * 8
        jb      .device
        ret

init_pic:
        mov     al, 0x11
        out     0x20, al
        out     0xa0, al
        mov     al, 0x08
        out     0x21, al
        mov     al, 0x70
        out     0xa1, al
        mov     al, 4
        out     0x21, al
        mov     al, 2
        out     0xa1, al
        mov     al, 1
        out     0x21, al
        out     0xa1, al
        mov     al, 0xf8                ; the timer, the keyboard, the second half
        out     0x21, al
        mov     al, 0xff
        out     0xa1, al
        ret

; 18 times a second: often enough to look at the power button where it interrupts nobody.
init_timer:
        mov     al, 0x34
        out     0x43, al
        xor     al, al
        out     0x40, al
        out     0x40, al
        ret

; 80 × 25 in colours, the registers as every PC has them in that mode.
init_screen:
        mov     dx, 0x3c2
        mov     al, 0x67
        out     dx, al
        mov     si, screen_sequencer
        mov     dx, 0x3c4
        mov     cx, 5
        call    .registers
        mov     dx, 0x3d4
        mov     ax, 0x0e11              ; lets the first eight be written
        out     dx, ax
        mov     cx, 25
        call    .registers
        mov     dx, 0x3ce
        mov     cx, 9
        call    .registers
        mov     dx, 0x3da
        in      al, dx
        mov     dx, 0x3c0
        xor     bl, bl
.attribute:
        mov     al, bl
        out     dx, al
        mov     al, [cs:si]
        inc     si
        out     dx, al
        inc     bl
        cmp     bl, 21
        jb      .attribute
        mov     al, 0x20
        out     dx, al
        mov     dx, 0x3c6
        mov     al, 0xff
        out     dx, al
        mov     dx, 0x3c8
        xor     al, al
        out     dx, al
        inc     dx
        xor     bx, bx
.colour:
        mov     al, [cs:screen_colours + bx]
        out     dx, al
        inc     bx
        cmp     bx, 48
        jb      .colour
        ret
; CX registers from CS:SI, numbered from 0, through the pair of ports at DX.
.registers:
        xor     bl, bl
.register:
        mov     al, bl
        mov     ah, [cs:si]
        inc     si
        out     dx, ax
        inc     bl
        loop    .register
        ret

screen_sequencer:
        db 0x03, 0x00, 0x03, 0x00, 0x02
        db 0x5f, 0x4f, 0x50, 0x82, 0x55, 0x81, 0xbf, 0x1f, 0x00, 0x4f, 0x0d, 0x0e, 0x00, 0x00, 0x00, 0x00
        db 0x9c, 0x8e, 0x8f, 0x28, 0x1f, 0x96, 0xb9, 0xa3, 0xff
        db 0x00, 0x00, 0x00, 0x00, 0x00, 0x10, 0x0e, 0x00, 0xff
        db 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 0x04, 0x00, 0x0f, 0x08, 0x00
screen_colours:
        db 0, 0, 0,  0, 0, 42,  0, 42, 0,  0, 42, 42,  42, 0, 0,  42, 0, 42,  42, 21, 0,  42, 42, 42
        db 21, 21, 21,  21, 21, 63,  21, 63, 21,  21, 63, 63,  63, 21, 21,  63, 21, 63,  63, 63, 21,  63, 63, 63

init_keyboard:
        mov     al, 0xae                ; on
        out     0x64, al
        call    keyboard_ready
        mov     al, 0x60                ; interrupts, and the old codes
        out     0x64, al
        call    keyboard_ready
        mov     al, 0x45
        out     0x60, al
        call    keyboard_ready
        mov     al, 0xf4                ; the keyboard itself: tell of keys
        out     0x60, al
        call    keyboard_ready
.drain:
        in      al, 0x64
        test    al, 1
        jz      .end
        in      al, 0x60
        jmp     .drain
.end:
        ret
keyboard_ready:
        mov     cx, 0x1000
.look:
        in      al, 0x64
        test    al, 2
        loopnz  .look
        ret

keyboard_irq:
        push    ax
        push    bx
        push    ds
        xor     bx, bx
        mov     ds, bx
        in      al, 0x60
        cmp     al, 0xe0                ; keys of the later block: Enter and / mean the same, the others nothing
        je      .done
        mov     ah, 1
        test    al, 0x80
        jz      .pressed
        mov     ah, 0
        and     al, 0x7f
.pressed:
        cmp     al, 0x2a
        je      .shift
        cmp     al, 0x36
        je      .shift
        cmp     al, 0x1d
        je      .control
        test    ah, ah
        jz      .done
        cmp     al, 0x3a
        jae     .done
        movzx   bx, al
        mov     al, [cs:keys_plain + bx]
        cmp     byte [shift], 0
        je      .chosen
        mov     al, [cs:keys_shifted + bx]
.chosen:
        test    al, al
        jz      .done
        cmp     byte [control], 0
        je      .keep
        and     al, 0x1f
.keep:
        movzx   bx, byte [key_head]
        mov     [keys + bx], al
        inc     bl
        and     bl, 31
        cmp     bl, [key_tail]          ; full: the key is lost, as on any PC
        je      .done
        mov     [key_head], bl
        jmp     .done
.shift:
        mov     [shift], ah
        jmp     .done
.control:
        mov     [control], ah
.done:
        mov     al, 0x20
        out     0x20, al
        pop     ds
        pop     bx
        pop     ax
        iret

keys_plain:
        db 0, 27, "1234567890-=", 8, 9, "qwertyuiop[]", 13, 0, "asdfghjkl;'`", 0, "\zxcvbnm,./", 0, "*", 0, " "
        times 58 - ($ - keys_plain) db 0
keys_shifted:
        db 0, 27, "!@#$%^&*()_+", 8, 9, "QWERTYUIOP{}", 13, 0, 'ASDFGHJKL:"~', 0, "|ZXCVBNM<>?", 0, "*", 0, " "
        times 58 - ($ - keys_shifted) db 0

; Whether there is a first disk: it says what it is when asked.
init_disk:
        mov     dx, 0x3f6
        mov     al, 2                   ; no interrupts: it is asked
        out     dx, al
        mov     dx, 0x1f6
        mov     al, 0xa0
        out     dx, al
        mov     dx, 0x1f7
        in      al, dx
        cmp     al, 0xff
        je      .end
        mov     al, 0xec
        out     dx, al
        in      al, dx
        test    al, al
        jz      .end
        call    wait_data
        jc      .end
        mov     di, sector
        mov     cx, 256
        mov     dx, 0x1f0
        rep     insw
        mov     byte [has_disk], 1
.end:
        ret
