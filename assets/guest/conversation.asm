; the conversation
prompt:
        mov     byte [length], 0
        mov     byte [colour], ACCENT
        mov     si, text_prompt
        call    say
        mov     byte [colour], PLAIN
.next:
        call    get                     ; AL
        cmp     byte [escape], 0
        jne     .escaped
        cmp     al, 10
        jne     .not_lf
        cmp     byte [skip_lf], 0
        mov     byte [skip_lf], 0
        jne     .next
        jmp     .enter
.not_lf:
        mov     byte [skip_lf], 0
        cmp     al, 13
        je      .return
        cmp     al, 8
        je      .rub
        cmp     al, 127
        je      .rub
        cmp     al, 21                  ; Ctrl-U
        je      .rub_all
        cmp     al, 3                   ; Ctrl-C
        je      .drop
        cmp     al, 27
        je      .begin_escape
        cmp     al, 32
        jb      .next
        movzx   bx, byte [length]
        cmp     bx, LINE_MAX
        jae     .next
        mov     [line + bx], al
        inc     byte [length]
        call    put
        jmp     .next
.begin_escape:
        mov     byte [escape], 1
        jmp     .next
.escaped:                               ; arrow keys and the like: nothing here understands them
        cmp     byte [escape], 1
        jne     .inside
        mov     byte [escape], 2
        cmp     al, '['
        je      .next
        cmp     al, 'O'
        je      .next
        mov     byte [escape], 0
        jmp     .next
.inside:
        cmp     al, 0x40
        jb      .next
        mov     byte [escape], 0
        jmp     .next
.rub:
        call    rub_out
        jmp     .next
.rub_all:
        cmp     byte [length], 0
        je      .next
        call    rub_out
        jmp     .rub_all
.drop:
        mov     si, text_dropped
        call    say
        jmp     prompt
.return:
        mov     byte [skip_lf], 1
.enter:
        mov     si, text_newline
        call    say
        call    obey
        jmp     prompt

; Takes the last character back, all the bytes of it.
rub_out:
        movzx   bx, byte [length]
        test    bx, bx
        jz      .end
.more:
        dec     bx
        mov     al, [line + bx]
        mov     ah, al
        and     ah, 0xc0
        cmp     ah, 0x80                ; a byte inside a character
        jne     .found
        test    bx, bx
        jnz     .more
.found:
        mov     [length], bl
        push    ax
        mov     si, text_rub
        call    say
        pop     ax
        cmp     al, 0xe3                ; from here on characters are two columns wide on a terminal
        jb      .end
        mov     si, text_rub
        call    say_serial
.end:
        ret

; Does what the line says.
obey:
        movzx   bx, byte [length]
        mov     byte [line + bx], 0
        mov     si, line
        call    skip_blanks
        cmp     byte [si], 0
        je      .end
        mov     bx, commands
.next:
        mov     di, [cs:bx]
        test    di, di
        jz      .unknown
        push    si
.compare:
        mov     al, [cs:di]
        inc     di
        mov     ah, [si]
        test    al, al
        jz      .word_end
        cmp     ah, 'A'
        jb      .same_case
        cmp     ah, 'Z'
        ja      .same_case
        or      ah, 0x20
.same_case:
        inc     si
        cmp     al, ah
        je      .compare
.other:
        pop     si
        add     bx, 4
        jmp     .next
.word_end:
        cmp     ah, 0
        je      .found
        cmp     ah, ' '
        jne     .other
.found:
        add     sp, 2
        call    skip_blanks             ; SI: what follows the word
        call    [cs:bx + 2]
.end:
        ret
.unknown:
        mov     byte [colour], BRIGHT
        push    si
        mov     si, text_unknown
        call    say
        pop     si
.word:
        mov     al, [si]
        inc     si
        cmp     al, ' '
        jbe     .rest
        call    put
        jmp     .word
.rest:
        mov     si, text_unknown_end
        call    say
        mov     byte [colour], PLAIN
        ret

skip_blanks:
        cmp     byte [si], ' '
        jne     .end
        inc     si
        jmp     skip_blanks
.end:
        ret
